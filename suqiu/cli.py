"""The command line: one thin command for each use case, in the words of the trade."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.rich_utils
from rich.markup import escape
from rich.table import Table

from suqiu import __version__, reference_set
from suqiu.app import Suqiu
from suqiu.assess_commands import declare as declare_assess
from suqiu.benchmark_commands import declare as declare_benchmark
from suqiu.config import settings
from suqiu.custody_commands import declare as declare_custody
from suqiu.domain.errors import Defect, InvalidInput, SuqiuError, Unavailable
from suqiu.domain.text import Language, Text
from suqiu.grouping import unsaid
from suqiu.model_commands import declare
from suqiu.registry_commands import declare as declare_registry
from suqiu.screen import Screen
from suqiu.single_commands import declare as declare_single
from suqiu.standard_commands import declare as declare_standard
from suqiu.survey_commands import declare as declare_survey
from suqiu.web_commands import declare as declare_web

INTERRUPTED = 130
USAGE = 64


def _language(words: Sequence[str], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Take `--lang`, wherever it stands, out of the words: help is made when commands are declared.

    Returns:
        What was asked for, zh if nothing was; and the other words.
    """
    given, kept, rest = environment.get("SUQIU_LANGUAGE", "zh"), list[str](), iter(words)
    for word in rest:
        if word == "--lang":
            given = next(rest, "")
        elif word.startswith("--lang="):
            given = word.removeprefix("--lang=")
        else:
            kept.append(word)
    return given, kept


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "cli.bad_day",
            Text("{option}的日期“{text}”无效", "{option}: {text} is no date").fill(option=option, text=text),
            Text("请写成2026-06-30的形式", "write it as 2026-06-30"),
        ) from error


def build(language: Language, screen: Screen | None = None) -> typer.Typer:
    """Declare every command with help in one language; what they say goes to the screen of that language."""
    screen = screen or Screen(language)
    say = screen.say
    if language == "zh":
        typer.rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
        typer.rich_utils.OPTIONS_PANEL_TITLE = "选项"
        typer.rich_utils.COMMANDS_PANEL_TITLE = "命令"
        typer.rich_utils.ERRORS_PANEL_TITLE = "错误"
        typer.rich_utils.DEFAULT_STRING = "[默认：{}]"
        typer.rich_utils.REQUIRED_LONG_STRING = "[必填]"
    face = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        help=say(
            "诉求 Suqiu：12345热线的工单分析。导入一份工单导出，得到读懂的工单、事件、指标和一份Word报告。",
            "Suqiu: a 12345 hotline's export goes in; understood orders, events, measures and a Word report come out.",
        ),
        epilog=say(
            "退出码：0成功；2输入有误；3未找到；4状态冲突；5无权限；6暂不可用；64用法错误；70程序缺陷；130用户中断。",
            "Exit codes: 0 done; 2 input; 3 not found; 4 conflict; 5 not permitted; 6 unavailable; "
            "64 usage; 70 defect; 130 interrupted.",
        ),
    )
    city_face = typer.Typer(
        no_args_is_help=True, help=say("城市数据包：起草、检查", "City packs: draft one, check one")
    )
    face.add_typer(city_face, name="city")

    source_argument = typer.Argument(
        help=say(
            "工单导出：CSV、XLSX、JSON行、Parquet文件，含这些文件的文件夹，或数据库地址",
            "an export: a CSV, XLSX, JSON lines or Parquet file, a folder of such, or a database URL",
        ),
        show_default=False,
    )
    folder_argument = typer.Argument(help=say("suqiu intake或run的输出目录", "a folder made by suqiu intake or run"))
    city_option = typer.Option("--city", help=say("城市数据包的名称或目录", "a city pack's name or folder"))
    out_option = typer.Option("--out", help=say("输出目录", "folder for the results"))
    mapping_option = typer.Option(
        "--mapping",
        help=say("列映射文件；缺省用数据包内的，再缺省自动猜测", "column mapping; else the pack's, else a guess"),
    )
    from_option = typer.Option("--from", help=say("统计期首日，如2026-06-01", "first day to report on, as 2026-06-01"))
    to_option = typer.Option("--to", help=say("统计期末日，如2026-06-30", "last day to report on, as 2026-06-30"))

    @face.callback(invoke_without_command=True)
    def top(
        lang: Annotated[str, typer.Option(help=say("界面和报告的语言：zh或en", "language: zh or en"))] = language,
        version: Annotated[bool, typer.Option("--version", help=say("显示版本", "show the version"))] = False,
    ) -> None:
        if lang not in {"zh", "en"}:
            raise InvalidInput(
                "cli.bad_language",
                Text("不支持语言“{lang}”", "no such language: {lang}").fill(lang=lang),
                Text("可用zh或en", "use zh or en"),
            )
        if version:
            screen.out.print(f"suqiu {__version__}")

    @contextmanager
    def suqiu() -> Iterator[Suqiu]:
        with screen.progress() as report:
            yield Suqiu(settings(), language=language, progress=report)

    @face.command(help=say("完成全部工作：导入、读懂、发现事件、计算指标、写报告", "Do it all: from export to report"))
    def run(
        source: Annotated[str, source_argument],
        city: Annotated[str, city_option],
        out: Annotated[Path, out_option],
        mapping: Annotated[Path | None, mapping_option] = None,
        first: Annotated[str | None, from_option] = None,
        last: Annotated[str | None, to_option] = None,
    ) -> None:
        with suqiu() as house:
            found = house.run(source, city, out, mapping=mapping, first=_day(first, "--from"), last=_day(last, "--to"))
        screen.show(found)

    @face.command(help=say("导入：识别列、检查、去重、脱敏", "Take in an export: map, check, resolve, redact"))
    def intake(
        source: Annotated[str, source_argument],
        city: Annotated[str, city_option],
        out: Annotated[Path, out_option],
        mapping: Annotated[Path | None, mapping_option] = None,
    ) -> None:
        with suqiu() as house:
            found = house.intake(source, city, out, mapping=mapping)
        screen.show(found)

    @face.command(help=say("预览列映射，不导入", "Preview the column mapping, take in nothing"))
    def preview(
        source: Annotated[str, source_argument],
        city: Annotated[str, city_option],
        mapping: Annotated[Path | None, mapping_option] = None,
        save: Annotated[
            Path | None, typer.Option(help=say("把映射存为文件以便修改", "save the mapping for editing"))
        ] = None,
    ) -> None:
        with suqiu() as house:
            shown, problems = house.preview(source, city, mapping=mapping, save=save)
        table = Table(say("字段", "field"), say("来源列", "columns"), say("填写率", "filled"), say("样例", "samples"))
        for line in shown.lines:
            filled = f"{line.filled_share:.0%}" if line.columns else ""
            cells = (line.title.to(language), " > ".join(line.columns), filled, " ｜ ".join(line.samples[:2]))
            table.add_row(*(escape(cell) for cell in cells))
        screen.out.print(table)
        if shown.unused:
            screen.out.print(f"{say('未使用的列', 'columns not used')}: {escape('、'.join(shown.unused))}")
        for problem in problems:
            screen.out.print(f"[yellow]• {escape(problem.to(language))}[/]")

    def stage(name: str, help_text: str) -> None:
        @face.command(name, help=help_text)
        def command(folder: Annotated[Path, folder_argument]) -> None:
            with suqiu() as house:
                found = getattr(house, name)(folder)
            screen.show(found)

    stage(
        "read", say("读懂：类型、分类、承办单位、地点、紧急程度", "Read the orders: type, category, department, place")
    )
    stage("sense", say("感知：发现重复诉求和事件", "Sense repeats and events"))

    @face.command(help=say("计算指标和趋势", "Compute measures and trends"))
    def measure(
        folder: Annotated[Path, folder_argument],
        first: Annotated[str | None, from_option] = None,
        last: Annotated[str | None, to_option] = None,
    ) -> None:
        with suqiu() as house:
            found = house.measure(folder, first=_day(first, "--from"), last=_day(last, "--to"))
        screen.show(found)

    stage("report", say("写Word和网页报告", "Write the Word and HTML reports"))
    stage("verify", say("核对报告中的每个数字", "Check every number of the reports against its fact"))

    simulate_face = typer.Typer(
        cls=unsaid("city"), no_args_is_help=True, help=say("模拟数据，真值另存", "Believable data, the truth apart")
    )
    face.add_typer(simulate_face, name="simulate")

    @simulate_face.command(
        "centres", help=say("生成十二个模拟中心的评估材料", "Make twelve centres as they would hand themselves in")
    )
    def simulate_centres(
        out: Annotated[Path, out_option],
        seed: Annotated[int, typer.Option(min=0, help=say("随机种子", "seed"))] = reference_set.SEED,
    ) -> None:
        screen.show(reference_set.make(out, settings(), seed=seed))

    @simulate_face.command(
        "city", help=say("生成模拟城市的工单（可省略city）", "Make a city's orders; `city` may be left unsaid")
    )
    def simulate(
        out: Annotated[Path, out_option],
        city: Annotated[str, city_option] = "linjiang",
        months: Annotated[int, typer.Option(min=1, max=36, help=say("月数", "months"))] = 6,
        orders: Annotated[int, typer.Option(min=1, help=say("工单数", "orders"))] = 50_000,
        seed: Annotated[int, typer.Option(min=0, help=say("随机种子", "seed"))] = 7,
        first: Annotated[str, from_option] = "2026-01-01",
        parquet: Annotated[bool, typer.Option("--parquet", help=say("写Parquet而非CSV", "Parquet, not CSV"))] = False,
    ) -> None:
        day = _day(first, "--from")
        with suqiu() as house:
            found = house.simulate(
                city, out, months=months, orders=orders, seed=seed, first_day=day, kind="parquet" if parquet else "csv"
            )
        screen.show(found)

    @city_face.command("init", help=say("用一份真实导出起草城市数据包", "Draft a city pack from a real export"))
    def city_init(
        export: Annotated[str, source_argument],
        out: Annotated[Path, out_option],
        name: Annotated[str | None, typer.Option(help=say("城市名称", "the city's name"))] = None,
        mapping: Annotated[Path | None, mapping_option] = None,
    ) -> None:
        with suqiu() as house:
            found = house.draft_city(export, out, name=name, mapping=mapping)
        screen.show(found)

    @city_face.command("check", help=say("列出数据包的全部问题，含文件和行号", "Say all that is wrong in a pack"))
    def city_check(city: Annotated[str, typer.Argument(help=say("名称或目录", "name or folder"))]) -> None:
        with suqiu() as house:
            problems, fatal = house.check_city(city)
        for where, message, hint in problems:
            screen.out.print(
                f"{escape(where)}  {escape(message.to(language))}  [dim]{escape(hint.to(language))}[/]", soft_wrap=True
            )
        if fatal:
            raise typer.Exit(InvalidInput.exit_code)
        screen.out.print(say("未发现错误。", "No errors."))

    declare(face, screen, suqiu)
    declare_registry(face, screen, suqiu)
    declare_single(face, screen)
    declare_assess(face, screen)
    declare_survey(face, screen)
    declare_benchmark(face, screen)
    declare_standard(face, screen)
    declare_custody(face, screen)
    declare_web(face, screen)
    return face


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    given, kept = _language(list(sys.argv[1:] if arguments is None else arguments), os.environ)
    language: Language = "en" if given == "en" else "zh"
    screen = Screen(language)
    try:
        with screen.heeding():
            outcome: Any = build(language, screen)([f"--lang={given}", *kept] if kept else [], standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        outcome = INTERRUPTED
    except SuqiuError as error:
        screen.refuse(error)
        raise SystemExit(error.exit_code) from error
    except typer.TyperException as error:
        if wrong := _misused(error).to(language):  # empty where the help was shown for want of a command
            hint = screen.say("。用 --help 查看用法", " See --help")
            screen.err.print(
                f"[bold red]{screen.say('用法错误', 'usage')}[/]{screen.say('：', ': ')}{escape(wrong)}{hint}",
                soft_wrap=True,
            )
        raise SystemExit(USAGE) from error
    except OSError as error:
        screen.refuse(_unreachable(error))
        raise SystemExit(Unavailable.exit_code) from error
    except Exception as error:
        if not screen.stopped:  # else the engine has made an error of its own of the interrupt
            traceback.print_exc()
            screen.refuse(_defect(error))
            raise SystemExit(Defect.exit_code) from error
        outcome = INTERRUPTED
    if outcome == INTERRUPTED:  # the parser, too, turns an interrupt into this code
        screen.err.print(screen.say("已中断；再次运行即从断点继续。", "Interrupted; run again to go on from here."))
    raise SystemExit(outcome if isinstance(outcome, int) else 0)


#: What the parser objects to, by the name of its exception: its own words are English only.
_MISUSES = {
    "NoSuchOption": "没有选项“{name}”",
    "BadOptionUsage": "选项“{name}”的用法有误",
    "MissingParameter": "缺少“{name}”",
    "BadParameter": "“{name}”的取值无效",
}


def _misused(error: typer.TyperException) -> Text:
    message = error.format_message().strip()
    if not message:
        return Text("", "")
    parameter = getattr(error, "param", None)
    names = getattr(parameter, "opts", None) or [getattr(error, "option_name", "")]
    return Text(_MISUSES.get(type(error).__name__, "没有这个命令，或参数过多").replace("{name}", names[-1]), message)


def _unreachable(error: OSError) -> Unavailable:
    return Unavailable(
        "cli.file",
        Text("无法读写“{path}”：{why}", "cannot read or write {path}: {why}").fill(
            path=error.filename or "", why=error.strerror or error
        ),
        Text("请核对路径、权限和磁盘空间", "check the path, its permissions and the disk's space"),
    )


def _defect(error: Exception) -> Defect:
    return Defect(
        "cli.defect",
        Text("程序缺陷（{kind}）", "a defect of the software ({kind})").fill(kind=type(error).__name__),
        Text("请将以上信息报告给开发者", "please report the lines above to the developers"),
    )


def describe() -> str:
    """Return every command with its options as a page of the reference."""
    import typer.main

    lines = ["# Commands", "", "Made by `make docs` from `suqiu/cli.py`. Every command takes `--lang zh|en`."]
    group = typer.main.get_command(build("en"))
    chinese = typer.main.get_command(build("zh"))
    for name, command, twin in _commands(group, chinese):
        lines += [
            "",
            f"## suqiu {name}",
            "",
            f"{command.help} · {twin.help}",
            "",
            "| parameter | meaning | 说明 |",
            "|---|---|---|",
        ]
        for item, other in zip(command.params, twin.params, strict=True):
            if item.name != "help":
                shown = " ".join(item.opts) if item.param_type_name == "option" else str(item.name).upper()
                lines.append(f"| `{shown}` | {item.help} | {other.help} |")
    return "\n".join(lines) + "\n"


def _commands(group: Any, twin: Any, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    for name in group.commands:
        command, other = group.commands[name], twin.commands[name]
        if hasattr(command, "commands"):
            yield from _commands(command, other, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command, other


if __name__ == "__main__":
    main()
