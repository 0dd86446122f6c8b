"""Results and answers in other people's formats: an assessor's spreadsheet, OSCAL."""
