"""Commands that keep what the web platform holds: audit, backups, retention."""

from __future__ import annotations

import typer


def declare(app: typer.Typer) -> None:
    """Add the commands."""
