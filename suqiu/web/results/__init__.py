"""The last run's lake, as pages ask it: within a person's scope, answered once, with the facts behind each number."""
