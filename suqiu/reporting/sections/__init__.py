"""The sections of the analysis report, one a file: each a pure function that writes with a pen it is given."""
