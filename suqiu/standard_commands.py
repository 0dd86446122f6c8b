"""The commands that keep a maturity standard: listed, checked, shown, compared, drafted, released."""

# Typer reads the annotations of the commands, which name local options: they must not be postponed to strings.
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from suqiu import reference_set, standards
from suqiu.config import settings
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.screen import Screen
from suqiu.standard.catalogue import Catalogue, Indicator
from suqiu.standard.difference import Change, difference, difference_of_results
from suqiu.standard.loading import IDENTITY
from suqiu.standard.records import from_json
from suqiu.standard.standard_files import SEAL
from suqiu.standard.wording import BACKINGS, goal, listed

_RESULT = "result.json"
#: Changed findings that one line names.
_NAMED = 6
_KINDS = {
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "changed": Text("变更", "changed"),
}


def declare(face: typer.Typer, screen: Screen) -> None:
    """Add `suqiu standard list|check|cases|show|diff|draft|release` to a face.

    Args:
        face: the command line.
        screen: what a person sees.
    """
    say = screen.say
    group = typer.Typer(
        no_args_is_help=True, help=say("成熟度标准：查看、检查、起草、发布", "Standards: show, check, draft, release")
    )
    face.add_typer(group, name="standard")
    _declare_reading(group, screen)
    _declare_versions(group, screen)


def _standard(screen: Screen) -> typer.models.ArgumentInfo:
    help_text = screen.say(
        "标准及版本，如hotline-intelligence/2026.1，或标准目录",
        "standard and version, such as hotline-intelligence/2026.1, or a folder",
    )
    argument: typer.models.ArgumentInfo = typer.Argument(help=help_text, show_default=False)
    return argument


def _declare_reading(group: typer.Typer, screen: Screen) -> None:
    say = screen.say
    standard_argument = _standard(screen)

    @group.command("list", help=say("列出随产品提供的标准", "List the standards that ship"))
    def list_() -> None:
        here = settings()
        table = _table(say("标准", "standard"), say("名称", "title"), say("指标", "indicators"), say("状态", "state"))
        for name in standards.shipped(here):
            folder = standards.find(name, here)
            try:
                catalogue = standards.load(name, here)
            except InvalidInput:
                table.add_row(escape(name), "", "", say("有误", "has errors"))
                continue
            state = say("已发布", "released") if (folder / SEAL).exists() else say("草案", "draft")
            title = catalogue.title.to(screen.language)
            table.add_row(escape(name), escape(title), str(len(catalogue.indicators)), state)
        screen.out.print(table)

    @group.command(help=say("列出标准的全部问题，含文件和行号", "Say all that is wrong in a standard"))
    def check(standard: Annotated[str, standard_argument]) -> None:
        faults = standards.check(standards.find(standard, settings()))
        for fault in faults:
            where = fault.file if fault.line is None else f"{fault.file}:{fault.line}"
            message, hint = fault.message.to(screen.language), fault.hint.to(screen.language)
            screen.out.print(f"{escape(where)}  {escape(message)}  [dim]{escape(hint)}[/]", soft_wrap=True)
        if any(fault.severity == "error" for fault in faults):
            raise typer.Exit(InvalidInput.exit_code)
        screen.out.print(say("未发现错误。", "No errors."))

    @group.command(help=say("运行算例，核对结论是否与所写一致", "Run the worked cases: does each come out as it says?"))
    def cases(
        standard: Annotated[str, standard_argument],
        subject: Annotated[
            str | None, typer.Argument(help=say("指标或否决项编号", "id of an indicator or gate"))
        ] = None,
    ) -> None:
        here = settings()
        catalogue = standards.load(standard, here)
        if subject is not None and subject not in {gate.id for gate in catalogue.gates}:
            _indicator(catalogue, subject)
        count, wrong = standards.contradicted(catalogue, subject, here)
        for where, what in wrong:
            screen.out.print(f"{escape(where)}  {escape(what)}", soft_wrap=True)
        said = say(
            f"共运行{count}个算例，{len(wrong)}个与所写不符。", f"{count} cases ran, {len(wrong)} came out otherwise."
        )
        screen.out.print(said)
        if wrong:
            raise typer.Exit(InvalidInput.exit_code)

    @group.command(help=say("查看标准的全部指标，或一个指标", "Show all indicators of a standard, or one"))
    def show(
        standard: Annotated[str, standard_argument],
        indicator: Annotated[
            str | None, typer.Argument(help=say("指标编号，如D3.2.1", "an indicator's id, such as D3.2.1"))
        ] = None,
    ) -> None:
        catalogue = standards.load(standard, settings())
        if indicator is None:
            _show_all(catalogue, screen)
        else:
            _show_one(_indicator(catalogue, indicator), screen)


def _rerun(before: Catalogue, after: Catalogue, screen: Screen) -> None:
    """Assess the reference centres with both versions and print what each comes to."""
    say, here = screen.say, settings()
    table = Table(
        say("参照中心", "centre"), say("旧版", "old"), say("新版", "new"), say("结论有变的指标", "findings changed")
    )
    with screen.progress() as report:
        results = list(reference_set.rerun(before, after, here, report))
    for centre, one, other in results:
        numbers = [
            f"{result.scoring.level}  {result.scoring.overall.lower:.1%}–{result.scoring.overall.upper:.1%}"
            for result in (one, other)
        ]
        verdicts = {found.subject: found.verdict for found in one.findings}
        changed = [found.subject for found in other.findings if verdicts.get(found.subject) is not found.verdict]
        table.add_row(centre, *numbers, ", ".join(changed[:_NAMED]) + (" …" if len(changed) > _NAMED else "") or "—")
    screen.out.print(table)


def _declare_versions(group: typer.Typer, screen: Screen) -> None:
    say = screen.say
    standard_argument = _standard(screen)

    @group.command(
        help=say("比较标准的两个版本，或同一中心的两次评估结果", "Compare two versions, or two results of one centre")
    )
    def diff(
        old: Annotated[
            str, typer.Argument(help=say("旧版标准，或评估输出目录", "old version, or an assessment's folder"))
        ],
        new: Annotated[
            str, typer.Argument(help=say("新版标准，或评估输出目录", "new version, or an assessment's folder"))
        ],
        centres: Annotated[
            bool,
            typer.Option(
                "--centres", help=say("并以十二个参照中心重评", "and assess the twelve reference centres with both")
            ),
        ] = False,
    ) -> None:
        files = [_result(name) for name in (old, new)]
        if files[0] is not None and files[1] is not None:
            results = [from_json(file.read_bytes()) for file in files if file is not None]
            changes = difference_of_results(results[0], results[1])
        else:
            here = settings()
            before, after = standards.load(old, here), standards.load(new, here)
            changes = difference(before, after)
            if centres:
                _print_changes(changes, screen)
                _rerun(before, after, screen)
                return
        _print_changes(changes, screen)

    @group.command(help=say("以现有版本为底稿起草新版本", "Draft a new version from one that there is"))
    def draft(
        old: Annotated[str, standard_argument],
        new_version: Annotated[
            str, typer.Argument(help=say("新版本号，如2027.1", "the new version, such as 2027.1"), show_default=False)
        ],
    ) -> None:
        folder = standards.draft(old, new_version, settings())
        screen.out.print(
            say(
                f"已起草{escape(str(folder))}；修改后运行suqiu standard check检查。",
                f"Drafted {escape(str(folder))}; edit it, then run suqiu standard check.",
            ),
            soft_wrap=True,
        )

    @group.command(
        help=say("发布：检查无误后封存，此后不得改动", "Release: seal a version that has no errors, for good")
    )
    def release(standard: Annotated[str, standard_argument]) -> None:
        seal = standards.release(standard, settings())
        screen.out.print(say(f"已发布，见{escape(str(seal))}。", f"Released: {escape(str(seal))}."), soft_wrap=True)


def _result(name: str) -> Path | None:
    """Return the result's file where a name is one, or an assessment's folder."""
    path = Path(name)
    if (path / IDENTITY).is_file():
        return None
    return path if path.is_file() else path / _RESULT if (path / _RESULT).is_file() else None


def _indicator(catalogue: Catalogue, id_: str) -> Indicator:
    try:
        return catalogue.indicator(id_)
    except KeyError as error:
        raise NotFound(
            "standard.no_indicator",
            Text("标准没有指标“{id}”", "the standard has no indicator “{id}”").fill(id=id_),
            Text("不带编号运行suqiu standard show可列出全部指标", "suqiu standard show without an id lists them all"),
        ) from error


def _show_all(catalogue: Catalogue, screen: Screen) -> None:
    say, language = screen.say, screen.language
    screen.out.print(f"[bold]{escape(catalogue.title.to(language))}[/]", soft_wrap=True)
    screen.out.print(escape(catalogue.label.to(language)), soft_wrap=True)
    table = _table(
        say("编号", "id"), say("指标", "indicator"), say("等级", "level"), say("权重", "weight"),
        say("必备", "required"), say("目标值", "target"),
    )  # fmt: skip
    for domain in catalogue.domains:
        table.add_row(f"[bold]{escape(domain.id)}[/]", f"[bold]{escape(domain.name.to(language))}[/]")
        for one in catalogue.indicators:
            if one.domain == domain.id:
                required = say("是", "yes") if one.required else ""
                cells = (one.id, one.name.to(language), str(one.level), f"{one.weight:g}", required)
                table.add_row(*(escape(cell) for cell in cells), escape(goal(one).to(language)))
    screen.out.print(table)


def _show_one(one: Indicator, screen: Screen) -> None:
    lines: list[tuple[Text, Text]] = [
        (Text("要求", "demand"), one.statement),
        (Text("意义", "why"), one.why),
        (Text("等级", "level"), Text(str(one.level), str(one.level))),
        (Text("权重", "weight"), Text(f"{one.weight:g}", f"{one.weight:g}")),
        (Text("必备", "required"), Text("是", "yes") if one.required else Text("否", "no")),
        (Text("目标值", "target"), goal(one)),
        (Text("目标值说明", "on the target"), one.target.note),
        (Text("下限说明", "on the floor"), one.floor.note),
        (Text("评定准则", "criteria"), one.criteria),
        (Text("证据", "evidence"), listed([BACKINGS[backing] for backing in one.accepts])),
    ]
    if one.question is not None:
        lines.append((Text("评判问题", "question"), one.question))
    if one.probe is not None:
        said = f"{one.probe.name} {dict(one.probe.arguments)}"
        lines.append((Text("探测方式", "probe"), Text(said, said)))
    effort = Text("{text}（约{days}人日，{owner}）", "{text} (about {days} person-days, {owner})")
    remedy = effort.fill(text=one.remedy.text, days=one.remedy.effort_days, owner=one.remedy.owner)
    lines.append((Text("改进措施", "remedy"), remedy))
    if one.depends:
        lines.append((Text("前提", "depends on"), listed([Text(id_, id_) for id_ in one.depends])))
    screen.out.print(f"[bold]{escape(one.id)} {escape(one.name.to(screen.language))}[/]", soft_wrap=True)
    _grid(lines, screen)


def _table(*titles: str) -> Table:
    table = Table()
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _grid(lines: Iterable[tuple[Text, Text]], screen: Screen) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(f"[bold]{escape(name.to(screen.language))}[/]", escape(text.to(screen.language)))
    screen.out.print(table)


def _print_changes(changes: Sequence[Change], screen: Screen) -> None:
    for one in changes:
        kind = _KINDS[one.kind].to(screen.language)
        subject = " ".join(part for part in (one.part, one.subject, one.field) if part)
        said = f"{one.before or '—'} → {one.after or '—'}" if one.kind == "changed" else one.before or one.after
        screen.out.print(f"{kind}  [bold]{escape(subject)}[/]  {escape(said)}", soft_wrap=True)
    count = len(changes)
    screen.out.print(
        screen.say(f"共{count}处不同。", f"{count} differences.")
        if count
        else screen.say("没有不同。", "No difference.")
    )
