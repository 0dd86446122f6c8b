"""Commands of the web platform: make a site, serve it, do its background work."""

from __future__ import annotations

import typer


def declare(app: typer.Typer) -> None:
    """Add the commands."""
