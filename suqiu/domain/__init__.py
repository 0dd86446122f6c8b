"""The words of the trade: pure, and importing nothing else of ours."""
