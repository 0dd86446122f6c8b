"""The commands that keep a model's life: registered, put to use, watched, retired."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from suqiu import models_kept
from suqiu.app import Suqiu
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.drift import RESULT, watch
from suqiu.evaluation.drift import LEVELS
from suqiu.labelled import Columns
from suqiu.lake.registry import STATES, Deed, Registry, State
from suqiu.notice import Notice
from suqiu.screen import Screen


class Target(StrEnum):
    """Where a model may be promoted to."""

    CANDIDATE = "candidate"
    SHADOW = "shadow"
    LIVE = "live"


def declare(face: typer.Typer, screen: Screen, suqiu: Callable[[], AbstractContextManager[Suqiu]]) -> None:
    """Add `suqiu model list|add|promote|retire|drift` to a face.

    Args:
        face: the command line.
        screen: what a person sees.
        suqiu: opens the house, with progress on the screen.
    """
    say = screen.say
    model_face = typer.Typer(no_args_is_help=True, help=say("模型登记、上线与漂移", "Models: register, use, watch"))
    face.add_typer(model_face, name="model")
    _declare_changes(model_face, screen, suqiu)
    _declare_promote(model_face, screen, suqiu)
    _declare_drift(model_face, screen, suqiu)

    @model_face.command("list", help=say("列出已登记的模型和变更记录", "List the models and what was changed"))
    def list_(
        lake: Annotated[Path, _lake(screen)],
        log: Annotated[bool, typer.Option("--log", help=say("同时列出变更记录", "show every change, too"))] = False,
    ) -> None:
        registry = Registry(lake)
        table = Table(say("任务", "task"), say("版本", "version"), say("状态", "state"), say("自", "since"))
        table.add_column(say("目录", "folder"), overflow="fold")
        for model in registry.models():
            cells = (model.task, model.version, STATES[model.state].to(screen.language), model.since, str(model.folder))
            table.add_row(*(escape(cell) for cell in cells))
        screen.out.print(table)
        for entry in registry.entries() if log else ():
            refused = say("（未予通过）", " (refused)") if entry.step == "refused" else ""
            state = STATES[entry.state].to(screen.language)
            said = f"{entry.number}  {entry.at}  {entry.by}  {entry.version} → {state}{refused}  {entry.why}"
            screen.out.print(escape(said), soft_wrap=True)


def _declare_changes(face: typer.Typer, screen: Screen, suqiu: Callable[[], AbstractContextManager[Suqiu]]) -> None:
    say = screen.say

    @face.command(help=say("登记模型，作为候选", "Register a model as a candidate"))
    def add(
        model: Annotated[Path, typer.Argument(help=say("模型目录", "a model's folder"), show_default=False)],
        lake: Annotated[Path, _lake(screen)],
        by: Annotated[str, _by(screen)],
        why: Annotated[str, _why(screen)],
        at: Annotated[str, _at(screen)],
    ) -> None:
        with suqiu() as house:
            found = models_kept.add(lake, model, _deed(at, by, why), threads=house.settings.threads)
        screen.show(_notices(found))

    @face.command(help=say("停用模型", "Retire a model"))
    def retire(
        version: Annotated[str, _version(screen)],
        lake: Annotated[Path, _lake(screen)],
        by: Annotated[str, _by(screen)],
        why: Annotated[str, _why(screen)],
        at: Annotated[str, _at(screen)],
    ) -> None:
        screen.show(_notices(models_kept.move(lake, version, State.RETIRED, _deed(at, by, why))))


def _declare_promote(face: typer.Typer, screen: Screen, suqiu: Callable[[], AbstractContextManager[Suqiu]]) -> None:
    say = screen.say

    @face.command(
        help=say(
            "变更模型状态；转为在用须经抽检样本检验，不劣于在用模型",
            "Change a model's state; to go live it must not be worse than the live one on audited orders",
        )
    )
    def promote(
        version: Annotated[str, _version(screen)],
        lake: Annotated[Path, _lake(screen)],
        to: Annotated[Target, typer.Option(help=say("目标状态", "the new state"))],
        by: Annotated[str, _by(screen)],
        why: Annotated[str, _why(screen)],
        at: Annotated[str, _at(screen)],
        sample: Annotated[
            str | None,
            typer.Option(help=say("抽检样本表，标签经人确认", "audited orders, labels confirmed by a person")),
        ] = None,
        text: Annotated[list[str] | None, _text(screen)] = None,
        label: Annotated[list[str] | None, _label(screen)] = None,
        time: Annotated[str | None, _time(screen)] = None,
        id_: Annotated[str | None, _id(screen)] = None,
        accuracy: Annotated[
            float | None,
            typer.Option(min=0.5, max=0.999, help=say("自动采用时要求的准确率", "accuracy asked of automatic answers")),
        ] = None,
        floor: Annotated[
            float | None,
            typer.Option(min=0.0, max=1.0, help=say("准确率区间下限的最低要求", "least lower end of accuracy")),
        ] = None,
    ) -> None:
        deed, state = _deed(at, by, why), State(to.value)
        if state is not State.LIVE:
            screen.show(_notices(models_kept.move(lake, version, state, deed)))
            return
        if sample is None:
            raise InvalidInput(
                "cli.no_sample",
                Text("转为在用须提供抽检样本（--sample）", "to go live needs audited orders (--sample)"),
                Text("抽检样本为标签经人确认的工单表", "that is a table of orders whose labels a person has confirmed"),
            )
        asked = models_kept.Sample(sample, Columns(tuple(text or ()), tuple(label or ()), time, id_))
        with suqiu() as house:
            found = models_kept.go_live(
                lake, version, asked, deed, wanted=accuracy, floor=floor, threads=house.settings.threads,
                progress=house.progress,
            )  # fmt: skip
        screen.show(_notices(found))


def _declare_drift(face: typer.Typer, screen: Screen, suqiu: Callable[[], AbstractContextManager[Suqiu]]) -> None:
    say = screen.say

    @face.command(
        help=say(
            "逐月监测在用模型：标签、文本、抽检准确率；写drift.json",
            "Watch the live model month by month: labels, texts, audited accuracy; writes drift.json",
        )
    )
    def drift(
        task: Annotated[str, typer.Argument(help=say("任务", "the task"))],
        source: Annotated[str, typer.Argument(help=say("工单表", "a table of orders"), show_default=False)],
        lake: Annotated[Path, _lake(screen)],
        out: Annotated[Path, typer.Option("--out", help=say("输出目录", "folder for the results"))],
        version: Annotated[
            str | None, typer.Option(help=say("模型版本；缺省为在用模型", "a version; else the live model"))
        ] = None,
        text: Annotated[list[str] | None, _text(screen)] = None,
        label: Annotated[list[str] | None, _label(screen)] = None,
        time: Annotated[str | None, _time(screen)] = None,
    ) -> None:
        model = Registry(lake).live(task) if version is None else models_kept.find(lake, version)
        if model is None or model.task != task:
            raise NotFound(
                "cli.no_live_model",
                Text("任务“{task}”没有可监测的模型", "there is no model to watch for {task}").fill(task=task),
                Text(
                    "用 suqiu model list 查看，或用 --version 指定", "see suqiu model list, or name one with --version"
                ),
            )
        columns = Columns(tuple(text or ()), tuple(label or ()), time, None)
        with suqiu() as house:
            found = watch(
                model, source, columns, out, threads=house.settings.threads, progress=house.progress
            )  # fmt: skip
        for name, value in [
            *found.lines(),
            (Text("最近一月", "last month"), LEVELS[found.level]),
            (Text("结果", "result"), Text(str(out / RESULT), str(out / RESULT))),
        ]:
            line = f"[bold]{escape(name.to(screen.language))}[/]  {escape(value.to(screen.language))}"
            screen.out.print(line, soft_wrap=True)


def _deed(at: str, by: str, why: str) -> Deed:
    try:
        return Deed(datetime.fromisoformat(at), by, why)
    except ValueError as error:
        raise InvalidInput(
            "cli.bad_moment",
            Text("--at的时间“{at}”无效", "--at: {at} is no time").fill(at=at),
            Text("请写成2026-07-01 09:30的形式", "write it as 2026-07-01 09:30"),
        ) from error


def _notices(lines: Sequence[models_kept.Line]) -> list[Notice]:
    return [Notice(name, value) for name, value in lines]


def _version(screen: Screen) -> typer.models.ArgumentInfo:
    return typer.Argument(help=screen.say("模型版本，可只写开头", "a version, or its beginning"))  # type: ignore[no-any-return]


def _by(screen: Screen) -> typer.models.OptionInfo:
    return typer.Option("--by", help=screen.say("经办人", "who changes it"))  # type: ignore[no-any-return]


def _why(screen: Screen) -> typer.models.OptionInfo:
    return typer.Option("--why", help=screen.say("变更理由", "why"))  # type: ignore[no-any-return]


def _at(screen: Screen) -> typer.models.OptionInfo:
    said = screen.say("变更时间，如2026-07-01 09:30", "when, as 2026-07-01 09:30")
    return typer.Option("--at", help=said)  # type: ignore[no-any-return]


def _lake(screen: Screen) -> typer.models.OptionInfo:
    said = screen.say("数据湖目录，登记簿在其models子目录", "the lake's folder; the registry is in its models/")
    return typer.Option("--lake", help=said)  # type: ignore[no-any-return]


def _text(screen: Screen) -> typer.models.OptionInfo:
    said = screen.say("文本列，可多次给出；缺省同训练时", "a column of the text; may be repeated; else as in training")
    return typer.Option("--text", help=said)  # type: ignore[no-any-return]


def _label(screen: Screen) -> typer.models.OptionInfo:
    said = screen.say("经人确认的标签列；有层级时逐级给出", "column of confirmed labels; one for each level")
    return typer.Option("--label", help=said)  # type: ignore[no-any-return]


def _time(screen: Screen) -> typer.models.OptionInfo:
    said = screen.say("时间或带日期的编号列；缺省自动识别", "a time, or a dated number; else found")
    return typer.Option("--time", help=said)  # type: ignore[no-any-return]


def _id(screen: Screen) -> typer.models.OptionInfo:
    return typer.Option("--id", help=screen.say("编号列；缺省自动识别", "column that names each row; else found"))  # type: ignore[no-any-return]
