"""A centre's folder: `centre.yaml`, and the files that are found beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from suqiu.assessment.forms import FORMS, comparable
from suqiu.datafiles.file_fault import FaultLog, FileFault, nearest
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.finding import Backing
from suqiu.domain.text import Text
from suqiu.standard.result import TargetSet

FILE = "centre.yaml"

#: Tables of business data that a centre may list, and what their files may be called when it does not.
TABLES: dict[str, tuple[str, ...]] = {
    "orders": ("orders", "工单", "工单数据"),
    "steps": ("steps", "流程记录", "流转记录"),
    "calls": ("calls", "通话", "通话记录"),
    "call_backs": ("call_backs", "回访", "回访记录"),
}
#: Business data as a whole: a folder of exports, and tables that Suqiu has read before.
EXPORT, LAKE = "export", "lake"
#: Folders of forms, beside the centre's own.
_FOLDERS = ("forms", "填报表")
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".parquet", ".jsonl", ".ndjson")
_BUSINESS = frozenset((*TABLES, EXPORT, LAKE))
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_STRENGTHS = tuple(Backing)
#: Days before and after these are mistyped.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence that a centre hands in 佐证材料.

    Attributes:
        name: the form's name, or `orders`, `steps`, `calls`, `call_backs`, `export`, `lake`.
        path: its file, or folder of files.
        origin: system and version, or person; empty where nobody said.
        person: the origin is a person.
        collected: when it was made; None is the end of the period.
        expires: until when it is in date; None goes by the form, and never later than that.
        backing: what it counts as; None goes by the form, and never more than that.
        mapping: file of the column mapping of business data; None for the city pack's or a guess.
    """

    name: str
    path: Path
    origin: str = ""
    person: bool = False
    collected: date | None = None
    expires: date | None = None
    backing: Backing | None = None
    mapping: Path | None = None


@dataclass(frozen=True, slots=True)
class CentreFile:
    """What a centre says of itself, and what it hands in 中心材料.

    Attributes:
        folder: where everything is.
        id: short and stable.
        name: the hotline's name.
        profile: which indicators apply: `province`, `city`, `county`, `contractor`.
        residents: of the area served; None where not stated.
        city: name or folder of its city pack.
        period: both days inclusive; None is that of its orders.
        items: what it hands in, each name once or more, sorted by name and path.
        targets: that nobody has published, set for this assessment.
        key: the file of its signing key; None leaves the result unsigned.
    """

    folder: Path
    id: str
    name: Text
    profile: str
    residents: int | None
    city: str
    period: tuple[date, date] | None
    items: tuple[Item, ...]
    targets: tuple[TargetSet, ...]
    key: Path | None

    def of(self, name: str) -> tuple[Item, ...]:
        """Return the items of a name."""
        return tuple(item for item in self.items if item.name == name)


def expiry(valid_months: int, collected: date) -> date:
    """Return the last day on which something is in date: the same day of the month, so many months after."""
    months = collected.year * 12 + collected.month - 1 + valid_months
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(collected.day, last))


def load(folder: Path) -> CentreFile:
    """Read a centre's file and find what lies beside it.

    Raises:
        NotFound: the folder or its centre.yaml is not there.
        InvalidInput: something in it is wrong; everything is named.
    """
    if not (folder / FILE).is_file():
        raise NotFound(
            "centre.none",
            Text("目录“{folder}”中没有{file}", "{folder} has no {file}").fill(folder=folder, file=FILE),
            Text("请用suqiu assess init建立中心材料目录", "make a centre's folder with suqiu assess init"),
        )
    centre, faults = read(folder)
    if centre is None:
        raise InvalidInput(
            "centre.wrong",
            _told([fault for fault in faults if fault.severity == "error"]),
            Text("请改正{file}后重试", "mend {file} and try again").fill(file=FILE),
        )
    return centre


def read(folder: Path) -> tuple[CentreFile | None, list[FileFault]]:
    """Read a centre's file; None with its faults when it cannot be used."""
    faults = FaultLog(look=Text("写法见suqiu assess init生成的样例", "see the example that suqiu assess init writes"))
    top = read_mapping(folder / FILE, FILE, faults)
    centre = None if top is None else _centre(folder, top, faults)
    return (None if faults.errors else centre), faults.ordered()


def _told(faults: list[FileFault]) -> Text:
    lines = [
        (f"{f.file}第{f.line}行" if f.line else f.file, f"{f.file} line {f.line}" if f.line else f.file, f)
        for f in faults
    ]
    return Text(
        "；".join(f"{zh}：{f.message.zh}（{f.hint.zh}）" for zh, _, f in lines),
        "; ".join(f"{en}: {f.message.en} ({f.hint.en})" for _, en, f in lines),
    )


def _centre(folder: Path, top: Entry, faults: FaultLog) -> CentreFile:
    id_ = top.text("id") or ""
    if id_ and not _ID.fullmatch(id_):
        hint = Text("请用小写字母、数字、-和_，40字以内", "use small letters, digits, - and _, 40 at most")
        top.error("id", Text("编号“{id}”无效", "“{id}” is no id").fill(id=id_), hint)
    centre = CentreFile(
        folder,
        id_,
        _name(top),
        top.text("profile", required=False) or "city",
        top.whole("residents", 1, 2_000_000_000, required=False),
        top.text("city", required=False) or "linjiang",
        _period(top),
        (),
        tuple(_targets(top)),
        _existing(top, "key", folder),
    )
    listed = [item for entry in top.entries("evidence", required=False) if (item := _item(entry, folder)) is not None]
    top.finish()
    return replace(centre, items=_items(folder, listed, faults))


def _name(top: Entry) -> Text:
    if isinstance(top.plain("name"), dict):
        inner = top.entry("name")
        if inner is not None:
            name = Text(inner.text("zh") or "", inner.text("en") or "")
            inner.finish()
            return name
    plain = top.text("name") or ""
    return Text(plain, plain)


def _period(top: Entry) -> tuple[date, date] | None:
    entry = top.entry("period")
    if entry is None:
        return None
    first, last = _day(entry, "first"), _day(entry, "last")
    entry.finish()
    if first is None or last is None:
        return None
    if last < first:
        top.error("period", Text("首日晚于末日", "it begins after its end"), Text("请调整", "change it"))
    return first, last


def _day(entry: Entry, key: str) -> date | None:
    """Take a day of our times."""
    day = entry.day(key)
    if day is None or FIRST_DAY <= day <= LAST_DAY:
        return day
    hint = Text("应在{first}至{last}之间", "it lies between {first} and {last}").fill(first=FIRST_DAY, last=LAST_DAY)
    entry.error(key, Text("日期{day}不合理", "{day} makes no sense").fill(day=day), hint)
    return None


def _targets(top: Entry) -> Iterator[TargetSet]:
    for entry in top.entries("targets", required=False):
        subject, target = entry.text("subject"), entry.number("target", -1e12, 1e12)
        floor = None if entry.plain("floor") is None else entry.number("floor", -1e12, 1e12)
        set_by, reason = entry.text("set_by"), entry.text("reason")
        entry.finish()
        if subject and target is not None and set_by and reason:
            yield TargetSet(subject, target, floor, set_by, reason)


def _existing(entry: Entry, key: str, folder: Path, *, required: bool = False) -> Path | None:
    """Take the path of a file or folder that must be there; relative ones are seen from the centre's folder."""
    given = entry.text(key, required=required)
    if given is None:
        return None
    path = folder / given
    if not path.exists():
        entry.error(
            key,
            Text("没有文件“{file}”", "there is no {file}").fill(file=given),
            Text("请核对路径，路径以中心材料目录为起点", "check the path, which begins at the centre's folder"),
        )
        return None
    return path


def _item(entry: Entry, folder: Path) -> Item | None:
    form, table = entry.text("form", required=False), entry.text("table", required=False)
    name = form or table or ""
    known = [one.name for one in FORMS.values() if not one.made] if table is None else [*TABLES, EXPORT, LAKE]
    if (form is None) == (table is None):
        hint = Text("form填报表名，table填业务数据名", "form for a form, table for business data")
        entry.faults.error(entry.file, entry.line, Text("form和table应填且只填一个", "one of form and table"), hint)
    elif name not in known:
        key = "form" if table is None else "table"
        entry.error(key, Text("没有“{name}”", "there is no “{name}”").fill(name=name), nearest(name, known))
    path = _existing(entry, "file", folder, required=True)
    origin, person = _origin(entry)
    dated = {key: _day(entry, key) if entry.plain(key) is not None else None for key in ("collected", "expires")}
    backing = entry.choice("backing", Backing, required=False)
    mapping = _existing(entry, "mapping", folder)
    entry.finish()
    if path is None or name not in known:
        return None
    most = FORMS[name].backing if table is None else Backing.MEASURED
    if backing is not None and _STRENGTHS.index(backing) < _STRENGTHS.index(most):
        what = Text("佐证等级只能调低，此表最高为{most}", "backing may only be lowered, this form has {most}")
        entry.error("backing", what.fill(most=most.value), Text("请改正或删去backing", "mend or drop it"))
    return Item(name, path, origin, person, dated["collected"], dated["expires"], backing, mapping)


def _origin(entry: Entry) -> tuple[str, bool]:
    """Take the origin: a system with its version, or a person."""
    inner = entry.entry("origin")
    if inner is None:
        return "", False
    person, system = inner.text("person", required=False), inner.text("system", required=False)
    version = inner.text("version", required=False) if system else None
    inner.finish()
    if (person is None) == (system is None):
        hint = Text("系统填system和version，人员填person", "system with version, or person")
        entry.error("origin", Text("来源应为系统或人员之一", "the origin is a system or a person"), hint)
    return (person, True) if person else (" ".join(part for part in (system, version) if part), False)


def _items(folder: Path, listed: list[Item], faults: FaultLog) -> tuple[Item, ...]:
    """Add what lies in the folder under a name of its own to what is listed, and refuse what is there twice.

    Business data comes in one way only: as listed, else as tables read before, a folder of exports, or single files.
    """
    taken, names = {item.path.resolve() for item in listed}, {item.name for item in listed}
    found = [item for item in _found(folder) if item.path.resolve() not in taken and item.name not in names]
    if names & _BUSINESS:
        found = [item for item in found if item.name not in _BUSINESS]
    items = sorted((*listed, *found), key=lambda item: (item.name, item.path.as_posix()))
    places: dict[str, list[str]] = defaultdict(list)
    for item in items:
        places[item.name].append(_shown(item.path, folder))
    for name, files in places.items():
        if name not in TABLES and len(files) > 1:
            _twice(name, files, faults)
    ways = [[name for name in kind if name in places] for kind in ((LAKE,), (EXPORT,), tuple(TABLES))]
    used = [name for way in ways for name in way]
    if sum(map(bool, ways)) > 1:
        _twice("、".join(used), [file for name in used for file in places[name]], faults)
    return tuple(items)


def _twice(name: str, files: list[str], faults: FaultLog) -> None:
    faults.error(
        FILE,
        None,
        Text("“{name}”有不止一份：{files}", "“{name}” is there more than once: {files}").fill(
            name=name, files="、".join(files)
        ),
        Text(
            "请只保留一份；分月的文件请放入一个目录，在evidence中列出该目录",
            "keep one; put files of several months into one folder and list that under evidence",
        ),
    )


def _found(folder: Path) -> Iterator[Item]:
    """Walk the files that are called like a form or a table of business data."""
    if (folder / LAKE / "orders.parquet").is_file():
        yield Item(LAKE, folder / LAKE)
    if (folder / EXPORT).is_dir():
        yield Item(EXPORT, folder / EXPORT)
    names = {
        comparable(word): form.name for form in FORMS.values() for word in (form.title.zh, form.name) if not form.made
    }
    tables = {comparable(word): table for table, words in TABLES.items() for word in words}
    for place in (folder, *(folder / name for name in _FOLDERS)):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            word = comparable(_stem(path))
            if word and path.is_file() and (name := names.get(word) or (tables.get(word) if place == folder else None)):
                yield Item(name, path)


def _stem(path: Path) -> str:
    """Return a file's name without what says how to read it; empty for files that nobody reads."""
    name = path.name.removesuffix(".gz")
    suffix = next((end for end in _SUFFIXES if name.lower().endswith(end)), None)
    return "" if suffix is None or name.startswith((".", "~$")) else name[: -len(suffix)]


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
