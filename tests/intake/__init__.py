"""Reading outside formats."""
