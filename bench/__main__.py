"""Every benchmark, one after the other: `make bench`. A smaller machine or less time: see the options of each."""

from __future__ import annotations

from bench import analytics, main_job


def main() -> None:
    """Run them all with their own sizes."""
    analytics.main([])
    main_job.main([])


if __name__ == "__main__":
    main()
