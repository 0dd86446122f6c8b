"""Labels told from texts: learned from a table of examples, calibrated, judged on what came later."""
