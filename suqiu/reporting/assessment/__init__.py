"""The report of an assessment: from a result to a document."""
