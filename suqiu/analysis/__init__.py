"""Orders to facts: clocks, measures, trends."""
