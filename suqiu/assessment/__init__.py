"""A hotline against the standard: what it hands in → evidence → findings → a result that anyone can re-run."""
