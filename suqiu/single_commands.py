"""The command that reads one order on the spot."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from suqiu import citypack
from suqiu.config import settings
from suqiu.screen import Screen
from suqiu.single import Understanding


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add `suqiu understand` to a face.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say

    @face.command(
        help=say(
            "研判一件诉求：分类、派单、地点、紧急程度、要素", "Read one order: category, department, place, urgency"
        )
    )
    def understand(
        text: Annotated[str, typer.Argument(help=say("诉求内容", "what the citizen said"), show_default=False)],
        city: Annotated[
            str, typer.Option("--city", help=say("城市数据包的名称或目录", "a city pack's name or folder"))
        ] = "linjiang",
        result: Annotated[
            Path | None,
            typer.Option(
                "--result",
                help=say("suqiu run的输出目录，用其中学到的模型", "a folder made by suqiu run, for what it learned"),
            ),
        ] = None,
        at: Annotated[
            datetime | None,
            typer.Option(
                "--at", help=say("来电时间，用于推算“昨晚”等", "when it was said: last night is counted from it")
            ),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("输出JSON", "print JSON"))] = False,
    ) -> None:
        here = settings()
        pack = citypack.load(citypack.find(city, here.cities))
        reader = Understanding(pack, here, None if result is None else result / "model")
        found = reader.read(text, at=at)
        if as_json:
            screen.out.print_json(json.dumps(found, ensure_ascii=False, default=str))
            return
        table = Table(say("方面", "aspect"), say("结果", "result"), say("依据", "basis"))
        for claim in found["suggestions"]:
            sure = "" if claim["confidence"] is None else f" {claim['confidence']:.0%}"
            basis = claim["clause"] or claim["reason"] or ""
            table.add_row(claim["aspect"], escape(f"{claim['name']}{sure}"), escape(f"{claim['basis']} {basis}"))
        if found["route"] is not None:
            table.add_row(say("法定渠道", "route"), escape(found["route"][screen.language]), found["route"]["code"])
        if found["assisting"]:
            table.add_row(say("协办", "assisting"), escape("、".join(found["assisting"])), "")
        for mention in found["mentions"]:
            value = mention["value"] if mention["amount"] is None else f"{mention['amount']:g}{mention['unit'] or ''}"
            table.add_row(mention["kind"], escape(mention["text"]), escape(value or ""))
        for name, answer in found.get("language_model", {}).items():
            table.add_row(
                say(f"大模型·{name}", f"model: {name}"),
                escape(str(answer["value"])),
                f"{answer['way']} {answer['reason'] or ''}",
            )
        screen.out.print(table)
