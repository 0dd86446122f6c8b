"""Reads the audit of the installation that SUQIU_SITE names, and says in JSON what it found."""

from __future__ import annotations

import json
import sys

import django


def read() -> str:
    """Return how many lines were read and every break."""
    django.setup()
    from suqiu.web.audit import anchors, verifying  # once Django is there

    verdict = verifying.read_chain(anchors.kept())
    return json.dumps({"lines": verdict.count, "breaks": [[one.number, one.problem] for one in verdict.breaks]})


if __name__ == "__main__":
    sys.stdout.write(read())
