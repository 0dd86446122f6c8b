"""A document as a file: Word and HTML, and the check that a file's every number is still a fact's."""
