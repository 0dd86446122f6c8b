"""Benchmarks against peers, each printing a ratio made in one run."""
