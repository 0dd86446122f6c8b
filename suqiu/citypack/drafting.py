"""Draft a city pack from an export, so that a new centre starts in minutes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from suqiu.citypack import draft_files
from suqiu.citypack.checks import check
from suqiu.citypack.draft_parts import (
    DraftedDepartments,
    borrow_duties,
    draft_categories,
    draft_departments,
    draft_duties,
    draft_regions,
)
from suqiu.citypack.guessing import clean
from suqiu.citypack.loading import load
from suqiu.domain.city import Category, City, DepartmentKind, Duty, Region
from suqiu.domain.errors import Conflict, Defect, InvalidInput
from suqiu.domain.profile import ExportProfile
from suqiu.domain.text import Text

#: Acceptance times outside these years are slips, and no ground for a calendar of at most a century.
_YEARS = range(1990, 2080)

_FROM_EXPORT = "由导出数据起草，请逐条核对；“件”为导出数据中的工单数（含下级）"
_FROM_HISTORY = "由历史派单归纳，仅为初稿：请核对主办单位，并把clause改为职责依据"
_FROM_EXAMPLE = "source: example（取自示例城市，请换成本市的）"


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What a drafted pack rests on 起草说明.

    Attributes:
        folder: where the pack lies.
        from_export: what was learned from the export.
        from_example: what was taken from the example, to be replaced.
        to_do: what a person should fill in or check.
    """

    folder: Path
    from_export: tuple[Text, ...]
    from_example: tuple[Text, ...]
    to_do: tuple[Text, ...]


@dataclass
class _Notes:
    export: list[Text]
    example: list[Text]
    to_do: list[Text]


def draft(profile: ExportProfile, out: Path, *, name: str, like: Path) -> DraftReport:
    """Write a complete pack that loads and that a person can edit.

    What the export does not tell is taken from the example and marked so.

    Args:
        profile: what the export holds.
        out: the pack's folder; it must not exist yet, or be empty. Its name becomes the pack's id.
        name: the city's name, such as 临江市.
        like: the example pack.

    Raises:
        Conflict: there is something at `out` already.
        InvalidInput: the name is empty, or the example has errors.
        NotFound: there is no example.
    """
    name = clean(name)
    if not name:
        raise InvalidInput(
            "city.no_name", Text("城市名称为空", "the city's name is empty"), Text("请给出城市名称", "name the city")
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Conflict(
            "city.exists",
            Text("{out}已存在", "{out} exists already").fill(out=out),
            Text("请换一个文件夹，或先移走原有内容", "choose another folder, or move what is there"),
        )
    notes = _Notes([], [], [])
    files = _files(profile, out.resolve().name, name, load(like), notes)
    _write(files, out)
    return DraftReport(out, tuple(notes.export), tuple(notes.example), tuple(notes.to_do))


def _files(profile: ExportProfile, pack: str, name: str, example: City, notes: _Notes) -> dict[str, str]:
    """Compose every file of the pack, and note where each comes from."""
    regions = _regions(profile, notes)
    departments = _departments(profile, regions, name, example, notes)
    categories = draft_categories(profile)
    duties = _duties(profile, bool(categories), departments, name, example, notes)
    if categories:
        notes.export.append(Text("分类{n}个", "{n} categories").fill(n=len(categories)))
        source, about_tree, about_duties = f"export: {clean(profile.file)}", _FROM_EXPORT, _FROM_HISTORY
    else:
        notes.example.append(Text("分类{n}个", "{n} categories").fill(n=len(example.taxonomy.categories)))
        source, about_tree, about_duties = "example", _FROM_EXAMPLE, _FROM_EXAMPLE
    tree: dict[Category, int | None] = {**categories} or dict.fromkeys(example.taxonomy.categories)
    _note_uncovered(tree, duties, notes)
    years = _years(profile, example, notes)
    notes.example.append(Text("办理时限{n}条", "{n} time limits").fill(n=len(example.limits.limits)))
    notes.example.append(Text("权重与阈值{n}个", "{n} weights and thresholds").fill(n=len(example.weights)))
    names = {department.id: department.name for department in departments.departments}
    return {
        "city.yaml": draft_files.city_file(name, clean(pack) or "unnamed", source),
        "taxonomy.yaml": draft_files.taxonomy_file(tree, about_tree),
        "duties.yaml": draft_files.duties_file(duties, names, about_duties),
        "departments.yaml": draft_files.departments_file(
            departments.departments,
            departments.orders,
            departments.not_departments,
            _FROM_EXPORT if departments.orders else _FROM_EXAMPLE,
        ),
        "regions.csv": draft_files.regions_file(regions),
        "calendar.yaml": draft_files.calendar_file(*years),
        "limits.yaml": draft_files.limits_file(example.limits),
        "weights.yaml": draft_files.weights_file(example.weights),
    }


def _regions(profile: ExportProfile, notes: _Notes) -> tuple[Region, ...]:
    drafted = draft_regions(profile)
    if drafted.regions:
        notes.export.append(
            Text("区划{n}个，人口和轮廓未知", "{n} regions, without population and outline").fill(
                n=len(drafted.regions)
            )
        )
        notes.to_do.append(
            Text("在regions.csv中补充人口、别名和地点", "add population, aliases and places to regions.csv")
        )
    else:
        notes.to_do.append(
            Text("导出数据没有区划，请填写regions.csv", "the export names no region: fill in regions.csv")
        )
    if drafted.nowhere:
        notes.to_do.append(
            Text("核对未作为区划的写法：{names}", "check names not taken as regions: {names}").fill(
                names="、".join(drafted.nowhere)
            )
        )
    return drafted.regions


def _departments(
    profile: ExportProfile, regions: tuple[Region, ...], name: str, example: City, notes: _Notes
) -> DraftedDepartments:
    drafted = draft_departments(profile, regions, name)
    if drafted.not_departments:
        notes.to_do.append(
            Text("核对未作为单位的写法：{names}", "check names not taken as departments: {names}").fill(
                names="、".join(drafted.not_departments)
            )
        )
    if drafted.departments:
        notes.export.append(
            Text("承办单位{n}个，类别按名称推断", "{n} departments, their kind guessed from the name").fill(
                n=len(drafted.departments)
            )
        )
        return drafted
    # The governments of the example's districts govern places that do not exist here.
    local = {DepartmentKind.DISTRICT, DepartmentKind.STREET}
    borrowed = tuple(replace(found, region=None) for found in example.departments if found.kind not in local)
    notes.example.append(Text("承办单位{n}个", "{n} departments").fill(n=len(borrowed)))
    nothing = {alias for found in borrowed for alias in (found.name, *found.aliases)}
    left = tuple(word for word in drafted.not_departments if word not in nothing)
    return DraftedDepartments(borrowed, {}, {}, left)


def _duties(
    profile: ExportProfile, learned: bool, departments: DraftedDepartments, name: str, example: City, notes: _Notes
) -> tuple[Duty, ...]:
    if learned:
        duties = draft_duties(profile, departments)
        notes.export.append(Text("职责{n}条，由历史派单归纳", "{n} duties, from past dispatches").fill(n=len(duties)))
        return duties
    duties = borrow_duties(example, departments.departments, name)
    notes.example.append(Text("职责{n}条", "{n} duties").fill(n=len(duties)))
    lost = len(example.duties) - len(duties)
    if lost:
        message = Text("示例中{n}条职责的主办单位在本市没有，未取用", "{n} duties of the example had no lead here")
        notes.to_do.append(message.fill(n=lost))
    return duties


def _note_uncovered(tree: Iterable[Category], duties: tuple[Duty, ...], notes: _Notes) -> None:
    categories = tuple(tree)
    parents = {category.parent for category in categories}
    led = {duty.category for duty in duties}
    uncovered = sum(category.id not in parents and category.id not in led for category in categories)
    if uncovered:
        message = Text("{n}个末级分类尚无职责", "{n} leaf categories have no duty yet")
        notes.to_do.append(message.fill(n=uncovered))


def _years(profile: ExportProfile, example: City, notes: _Notes) -> tuple[int, int]:
    """Return the calendar's first and last year: the export's, with one more on each side."""
    days = (profile.first_day, profile.last_day)
    stated = [day.year for day in days if day is not None and day.year in _YEARS]
    span = Text("日历{a}至{b}年", "calendar from {a} to {b}")
    if len(stated) < len(days):
        first, last = example.calendar.first.year, example.calendar.last.year
        notes.example.append(span.fill(a=first, b=last))
    else:
        first, last = stated[0] - 1, stated[1] + 1
        notes.export.append(span.fill(a=first, b=last))
    unknown = "、".join(str(year) for year in range(first, last + 1) if year not in draft_files.KNOWN_YEARS)
    if unknown:
        message = Text("补充{years}年的节假日和调休日", "add holidays and make-up days of {years}")
        notes.to_do.append(message.fill(years=unknown))
    return first, last


def _write(files: dict[str, str], out: Path) -> None:
    """Write all files beside `out` and put them in place at once, so that no half a pack is ever there."""
    partial = out.parent / f".{out.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for file, text in files.items():
        (partial / file).write_text(text, encoding="utf-8", newline="\n")
    wrong = [fault for fault in check(partial) if fault.severity == "error"]
    if wrong:
        raise Defect(
            "city.draft_invalid",
            Text(
                "起草的数据包有误：{file} {line} {message}", "the drafted pack is wrong: {file} {line} {message}"
            ).fill(file=wrong[0].file, line=wrong[0].line, message=wrong[0].message),
            Text("请连同{folder}一并反馈", "report it together with {folder}").fill(folder=partial),
        )
    if out.exists():
        out.rmdir()  # empty, as was required
    partial.replace(out)
