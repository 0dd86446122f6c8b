"""The columnar store and its engine."""
