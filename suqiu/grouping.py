"""Groups of commands of which one may be left unsaid: `suqiu assess CENTRE` is `suqiu assess run CENTRE`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


def unsaid(command: str) -> type[TyperGroup]:
    """Return a kind of group whose named command is meant when the first word is none of its commands.

    Args:
        command: the one that may be left unsaid; a folder of the same name as another command needs it said.
    """

    class WithDefault(TyperGroup):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            if args and args[0] not in self.commands and args[0] != "--help":
                args = [command, *args]
            return super().parse_args(ctx, args)

    return WithDefault
