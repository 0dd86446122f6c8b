"""The command desk 指挥台: what happens now, where, since when, how bad, who is on it, and did it get better."""
