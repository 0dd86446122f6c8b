"""Facts to documents; a number without a fact does not render."""
