"""From a centre's folder to evidence: everything read, checked and reduced, and only then written.

What is written to `OUT/evidence` may leave the centre. What may not (the list of faults with what stands in the cells,
and which real number a running number stands for) is kept in the centre's folder under `local/`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from suqiu import citypack
from suqiu import intake as intakes
from suqiu.assessment import centre as centres
from suqiu.assessment import filled, handed
from suqiu.assessment.centre import CentreFile, Item
from suqiu.assessment.faults import FaultBook, FaultLine, FormFault
from suqiu.assessment.forms import BUSINESS, FORMS, REFERRED, Form, Kind, evidence_schema, evidence_tables
from suqiu.assessment.handed import CentreRecord, HandedItem
from suqiu.assessment.personal import Guard
from suqiu.assessment.reducing import Numbering, Reduced, reduce
from suqiu.config import Settings
from suqiu.domain.city import City
from suqiu.domain.errors import Conflict, InvalidInput, SuqiuError
from suqiu.domain.finding import Backing
from suqiu.domain.text import Text
from suqiu.intake.times import parse_times
from suqiu.lake import Lake, replacing
from suqiu.rechecked import Checks, checked_sheets, read_checks, require_all
from suqiu.recorded import Quality, Recorded, gather

Progress = Callable[[Text, float | None], None]

#: Folder within a centre's folder for what must not leave it.
LOCAL = "local"
EVIDENCE = "evidence"
#: Everything wrong with the forms, row by row, within `LOCAL`.
FORM_FAULTS = "form_faults.csv"
_BUSINESS_TITLES = {
    "cases": Text("工单", "orders"),
    "calls": Text("通话", "calls"),
    "call_backs": Text("回访", "call-backs"),
    "steps": Text("派单与退单记录", "hand-overs"),
}
#: Which of the listed items each table of business data comes from.
_CAME_FROM = {"cases": "orders", "calls": "calls", "call_backs": "call_backs", "steps": "steps"}
_BUSINESS_MONTHS = 12
#: Tables of evidence that hold the rows of a form which assessors have checked: as they are in truth, as claimed.
RECHECK, CLAIMED = "recheck_", "claimed_"
#: Every table that the evidence of a bundle may have.
SCHEMAS: Mapping[str, pa.Schema] = {
    **{name: evidence_schema(name) for name in evidence_tables()},
    **{f"{prefix}{name}": form.schema for prefix in (RECHECK, CLAIMED) for name, form in FORMS.items()},
}


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected of a centre 归集结果.

    Attributes:
        centre: what it says of itself.
        record: what the bundle says of it, with every item of evidence.
        faults: everything wrong with its forms, refusals first; every single row stands in `local/form_faults.csv`.
        quality: what came of each table of its export; empty without one.
        export_faults: how many faults of each code and severity the export has; see `local/export_faults.csv`.
        checks: what assessors found by sample.
    """

    centre: CentreFile
    record: CentreRecord
    faults: tuple[FaultLine, ...]
    quality: tuple[Quality, ...]
    export_faults: Mapping[tuple[str, str], int]
    checks: Checks


def collect(
    folder: Path, out: Path, settings: Settings, progress: Progress, *, period: tuple[date, date] | None = None
) -> Collected:
    """Read, check and reduce what a centre hands in, and write `out/evidence`.

    Nothing is written there before everything has been read and no personal data was found.

    Args:
        folder: the centre's folder, with centre.yaml.
        out: the folder that becomes the bundle.
        settings: memory, threads, shipped city packs.
        progress: told what is being done and how far it is.
        period: both days inclusive; None for that of centre.yaml, else that of the orders.

    Raises:
        NotFound: there is no centre.yaml, or a city pack or export is not there.
        InvalidInput: centre.yaml or an export cannot be used, or something holds personal data; every place is named.
    """
    centre = centres.load(folder)
    _require_apart(folder, out)
    pack = _pack(centre, settings)
    city = citypack.load(pack)
    local = folder / LOCAL
    faults, guard = FaultBook(intakes.redact), Guard(_kinds_of_personal_data)
    with _scratch(local) as scratch:
        told = _told(progress, Text("读取业务数据", "reading business data"))
        recorded = gather(centre, pack, city, settings, scratch=scratch, local=local, told=told)
        span = period or centre.period or (recorded.span if recorded else None) or _no_period()
        _require_our_times(span)
        if recorded is not None:
            recorded.derive(_told(progress, Text("整理工单时序", "deriving clocks and counts")))
        checks = read_checks(folder)
        referred = _referred(centre, recorded)
        forms = _forms(centre, referred, scratch, faults, guard, progress)
        forms |= _rechecked(centre, checks, referred, scratch, faults, guard)
        with replacing(local / FORM_FAULTS) as part:
            faults.write(part)
        _look_at(centre, city, checks, guard)
        guard.require_none()
        _register(forms, local / "register")
        items = _write(out / EVIDENCE, centre, recorded, forms, span[1], progress)
        items = tuple(_with_rejected(item, recorded, faults) for item in items)
        items = tuple(_by_assessors(item, checks) for item in items)
        record = _record(centre, city, span, items)
        with replacing(out / EVIDENCE / handed.FILE) as part:
            record.write(part)
        quality, export_faults = (recorded.quality, recorded.faults) if recorded else ((), {})
    return Collected(centre, record, faults.lines(), quality, export_faults, checks)


def _require_apart(folder: Path, out: Path) -> None:
    if out.resolve() == folder.resolve():
        raise InvalidInput(
            "evidence.out_is_centre",
            Text("输出目录就是中心材料目录“{out}”", "the results would be written into the centre's folder {out}").fill(
                out=out
            ),
            Text(
                "请另选输出目录，以免原始材料混入佐证包", "choose another folder, or what is raw would be in the bundle"
            ),
        )


def _pack(centre: CentreFile, settings: Settings) -> Path:
    beside = centre.folder / centre.city
    return beside if (beside / "city.yaml").is_file() else citypack.find(centre.city, settings.cities)


@contextmanager
def _scratch(local: Path) -> Iterator[Path]:
    """Give a folder within the centre's own, empty, and gone afterwards: real numbers and texts wait there.

    Raises:
        Conflict: another assessment is reading this centre's folder now.
    """
    local.mkdir(parents=True, exist_ok=True)
    scratch, lock = local / ".scratch", os.open(local, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "evidence.in_use",
                Text("“{folder}”正被另一次评估读取", "another assessment is reading {folder}").fill(
                    folder=local.parent
                ),
                Text("请等待其结束后重试", "wait for its end and try again"),
            ) from error
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        os.close(lock)


def _told(progress: Progress, what: Text) -> Callable[[int, int], None]:
    return lambda done, total: progress(what, done / max(total, 1))


def _kinds_of_personal_data(text: str) -> Sequence[str]:
    return [span.kind.name.lower() for span in intakes.find(text)]


def _no_period() -> tuple[date, date]:
    raise InvalidInput(
        "evidence.no_period",
        Text("没有工单数据，也没有说明统计期", "there are neither orders nor a period"),
        Text("请在centre.yaml中填写period", "state the period in centre.yaml"),
    )


def _require_our_times(span: tuple[date, date]) -> None:
    if not centres.FIRST_DAY <= span[0] <= span[1] <= centres.LAST_DAY:
        raise InvalidInput(
            "evidence.bad_period",
            Text("统计期{first}至{last}不合理", "the period from {first} to {last} makes no sense").fill(
                first=span[0], last=span[1]
            ),
            Text("请核对首日和末日", "look at its first and last day"),
        )


def _look_at(centre: CentreFile, city: City, checks: Checks, guard: Guard) -> None:
    """Look through what the centre and its pack say, and who checked; a hotline may be named like a person."""
    for key, said in (("id", centre.id), ("name", centre.name.zh), ("name", centre.name.en)):
        guard.look_at(f"{centres.FILE} {key}", said, signs=True)
    for said in (city.id, city.version, *city.weights):
        guard.look_at("city.yaml", said)
    for person in checks.by:
        guard.look_at("rechecks", person, signs=True)
    for place, item in enumerate(centre.items, start=1):
        guard.look_at(f"{centres.FILE} evidence {place} origin", item.origin, signs=item.person)
    for number, target in enumerate(centre.targets, start=1):
        where = f"{centres.FILE} targets {number}"
        guard.look_at(f"{where} subject", target.subject)
        guard.look_at(f"{where} set_by", target.set_by, signs=True)
        guard.look_at(f"{where} reason", target.reason)


def _forms(
    centre: CentreFile,
    referred: Mapping[str, Numbering],
    scratch: Path,
    faults: FaultBook,
    guard: Guard,
    progress: Progress,
) -> dict[str, tuple[Item, Reduced]]:
    """Read and reduce every form that was handed in; one without a good row counts as not handed in."""
    given = [(form, centre.of(form.name)[0]) for form in FORMS.values() if centre.of(form.name)]
    forms: dict[str, tuple[Item, Reduced]] = {}
    for done, (form, item) in enumerate(given):
        progress(Text("读取填报表", "reading forms"), done / len(given))
        sheets = form_sheets(form, item, faults)
        batches = filled.rows_of(form, sheets, parse_times, faults)
        if batches is not None and not faults.refused(form):
            files = [sheet.file for sheet in sheets]
            reduced = reduce(form, batches, files, scratch=scratch, referred=referred, guard=guard, faults=faults)
            if reduced.rows:
                forms[form.name] = (item, reduced)
    return forms


def _referred(centre: CentreFile, recorded: Recorded | None) -> dict[str, Numbering]:
    """Return the numbers of the orders and calls that the centre's forms refer to."""
    given = [form for form in FORMS.values() if centre.of(form.name)]
    wanted = {column.form for form in given for column in form.columns if column.form in REFERRED}
    found = {}
    for name in sorted(str(one) for one in wanted):
        ids = recorded.ids(name) if recorded is not None else None
        if ids is not None:
            found[name] = Numbering(ids)
    return found


def _rechecked(
    centre: CentreFile,
    checks: Checks,
    referred: Mapping[str, Numbering],
    scratch: Path,
    faults: FaultBook,
    guard: Guard,
) -> dict[str, tuple[Item, Reduced]]:
    """Read and reduce again the rows that assessors have checked by sample: as claimed, and as they are in truth."""
    (scratch / "rechecks").mkdir()
    forms: dict[str, tuple[Item, Reduced]] = {}
    for name, found in sorted(checks.values.items()):
        form = FORMS[name]
        as_claimed: Mapping[str, Mapping[str, str]] = {key: {} for key in found}
        for item in centre.of(name):
            for prefix, values in ((RECHECK, found), (CLAIMED, as_claimed)):
                waiting = scratch / "rechecks" / prefix
                waiting.mkdir(exist_ok=True)
                sheets = checked_sheets(form, form_sheets(form, item, faults), values)
                batches = filled.rows_of(form, sheets, parse_times, faults)
                if batches is None:
                    continue
                files = [sheet.file for sheet in sheets]
                reduced = reduce(form, batches, files, scratch=waiting, referred=referred, guard=guard, faults=faults)
                require_all(form, form_sheets(form, item), found, reduced.rows)
                if reduced.rows:
                    forms[f"{prefix}{name}"] = (item, reduced)
    return forms


def _with_rejected(item: HandedItem, recorded: Recorded | None, faults: FaultBook) -> HandedItem:
    """Say of a table how many rows were handed in that could not be used."""
    if item.name in FORMS:
        return replace(item, rejected=faults.rejected(FORMS[item.name]))
    quality = recorded.quality if recorded is not None else ()
    return replace(item, rejected=sum(one.rejected for one in quality if one.table == _CAME_FROM.get(item.name)))


def _by_assessors(item: HandedItem, checks: Checks) -> HandedItem:
    """Say of a sample that was checked that assessors vouch for it; it is in date as long as its form is."""
    if item.name.startswith(CLAIMED):
        return replace(
            item, title=Text("{form}（复核样本填报值）", "{form}, the sample as claimed").fill(form=item.title)
        )
    if not item.name.startswith(RECHECK):
        return item
    by = "、".join(checks.by) or "assessor"
    title = Text("{form}（抽样复核）", "{form}, re-checked by sample").fill(form=item.title)
    return replace(item, title=title, backing=Backing.MEASURED, origin=by)


def form_sheets(form: Form, item: Item, faults: FaultBook | None = None) -> list[filled.Sheet]:
    """Open a form's file, or every file of its folder.

    Args:
        form, item: which, and where it is.
        faults: where files that cannot be read are noted; without it they are passed over.
    """
    within = item.path.iterdir() if item.path.is_dir() else [item.path]
    # What an office program or a file manager leaves beside the files is none of them.
    paths = sorted(path for path in within if path == item.path or (path.is_file() and path.name[0] not in ".~"))
    sheets: list[filled.Sheet] = []
    for path in paths:
        try:
            sheets += filled.chosen(form, intakes.open_source(str(path)).tables)
        except SuqiuError as error:
            if faults is not None:
                faults.note(form, path.name, error.message.zh, FormFault.UNREADABLE)
    return sheets


def _register(forms: Mapping[str, tuple[Item, Reduced]], folder: Path) -> None:
    """Keep in the centre which row of which file a running number stands for: re-checks by sample need it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, (_, reduced) in forms.items():
        if name.startswith((RECHECK, CLAIMED)):
            continue
        pq.write_table(reduced.register(), folder / f"{name}.parquet")


def _write(
    folder: Path,
    centre: CentreFile,
    recorded: Recorded | None,
    forms: Mapping[str, tuple[Item, Reduced]],
    last: date,
    progress: Progress,
) -> tuple[HandedItem, ...]:
    """Write all tables of evidence side by side, and forget those of an earlier collection that are no longer."""
    lake = Lake(folder, schemas=SCHEMAS)
    business = recorded.tables if recorded is not None else ()
    made = ("intake",) if recorded is not None and recorded.quality else ()
    names = (*business, *forms, *made)
    told = Text("写出佐证材料", "writing the evidence")
    with lake.writing(*names) as out:
        for done, name in enumerate(names):
            progress(told, done / len(names))
            for batch in _batches(name, recorded, forms):
                out[name].add(batch)
        rows = {name: out[name].rows for name in names}
    for name in SCHEMAS.keys() - set(names):
        lake.drop(name)
    items = {name: item for name, (item, _) in forms.items()}
    return tuple(
        _handed(name, items.get(name) or _business_item(centre, name), rows[name], last) for name in sorted(names)
    )


def _batches(
    name: str, recorded: Recorded | None, forms: Mapping[str, tuple[Item, Reduced]]
) -> Iterator[pa.RecordBatch]:
    if name in forms:
        yield from forms[name][1].batches()
    elif recorded is not None and name in BUSINESS:
        yield from recorded.evidence(name)
    elif recorded is not None:
        rows = [(one.table, one.read, one.good, one.rejected) for one in recorded.quality]
        columns = [
            pa.array(column, field.type)
            for column, field in zip(zip(*rows, strict=True), FORMS[name].schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=FORMS[name].schema)


def _business_item(centre: CentreFile, name: str) -> Item:
    """Return the item that business data came in, or the quality of it."""
    for came_from in (_CAME_FROM.get(name, "orders"), centres.EXPORT, centres.LAKE, *centres.TABLES):
        for item in centre.of(came_from):
            return item
    raise KeyError(name)


def _handed(name: str, item: Item, rows: int, last: date) -> HandedItem:
    collected = item.collected or last
    form = FORMS.get(name.removeprefix(RECHECK).removeprefix(CLAIMED))
    if form is None:
        title, backing, months, secret = _BUSINESS_TITLES[name], Backing.MEASURED, _BUSINESS_MONTHS, True
    else:
        title, backing, months = form.title, form.backing, form.valid_months
        secret = any(column.kind in {Kind.ID, Kind.REF, Kind.TEXT} for column in form.columns)
    return HandedItem(
        name,
        title,
        item.backing or backing,
        item.origin,
        collected,
        min(item.expires or date.max, centres.expiry(months, collected)),
        rows,
        "personal_removed" if secret else "internal",
    )


def _record(centre: CentreFile, city: City, span: tuple[date, date], items: tuple[HandedItem, ...]) -> CentreRecord:
    return CentreRecord(
        centre.id,
        centre.name,
        centre.profile,
        centre.residents,
        span,
        centre.targets,
        items,
        (city.id, city.version),
        {name: weight.value for name, weight in sorted(city.weights.items())},
    )
