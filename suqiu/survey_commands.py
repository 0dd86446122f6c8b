"""The commands that run a survey of many hotlines."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from pathlib import Path
from typing import Annotated

import typer

from suqiu import surveyed
from suqiu.config import settings
from suqiu.screen import Screen
from suqiu.standards import CURRENT


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add `suqiu survey` to a face.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say
    group = typer.Typer(
        no_args_is_help=True, help=say("调研：问卷、答卷、加权结果", "Surveys: forms, responses, results")
    )
    face.add_typer(group, name="survey")
    standard_option = typer.Option(
        "--standard", help=say("标准及版本，或标准目录", "standard and version, or a folder")
    )
    name_argument = typer.Argument(
        help=say("问卷名称，见suqiu survey list", "the questionnaire, see suqiu survey list"), show_default=False
    )
    out_option = typer.Option("--out", help=say("输出文件（CSV）", "file to write, CSV"))

    @group.command("list", help=say("列出标准所附的问卷", "Name a standard's questionnaires"))
    def list_(standard: Annotated[str, standard_option] = CURRENT) -> None:
        screen.show(surveyed.listed(standard, settings()))

    @group.command(help=say("生成空白答卷表和填写说明", "Write a blank form and how to fill it in"))
    def form(
        name: Annotated[str, name_argument],
        out: Annotated[Path, out_option],
        standard: Annotated[str, standard_option] = CURRENT,
    ) -> None:
        screen.show(surveyed.blank(standard, name, out, settings()))

    @group.command(
        help=say("校验答卷、加权，写出带置信区间的结果", "Check and weight responses; results with intervals")
    )
    def results(
        name: Annotated[str, name_argument],
        answers: Annotated[str, typer.Argument(help=say("答卷文件", "file of responses"), show_default=False)],
        out: Annotated[Path, out_option],
        population: Annotated[
            Path | None, typer.Option(help=say("总体数（column、code、count三列）", "counts: column, code, count"))
        ] = None,
        by: Annotated[
            list[str] | None, typer.Option(help=say("分组列，可多次给出", "tell apart by; repeatable"))
        ] = None,
        standard: Annotated[str, standard_option] = CURRENT,
    ) -> None:
        cuts = tuple(by or ())
        screen.show(surveyed.results(standard, name, answers, out, population=population, by=cuts, settings=settings()))
