"""The executable standard: a folder of data → catalogue; findings → score, level, and what stands in the way."""
