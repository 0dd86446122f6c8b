"""Read the duty catalogue 职责清单: who leads and who assists in which category."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from suqiu.citypack.pack_files import Where, yaml_files
from suqiu.citypack.taxonomy import once
from suqiu.datafiles.file_fault import FaultLog, nearest
from suqiu.datafiles.located_yaml import Entry, read_entries
from suqiu.domain.city import Duty
from suqiu.domain.text import Text

NAME = "duties"
#: Stands in `lead` and `assisting` for the government of the district where the matter sits.
DISTRICT = "district"


def read_duties(
    folder: Path, categories: Collection[str] | None, departments: Collection[str] | None, faults: FaultLog
) -> tuple[Duty, ...]:
    """Read all duties in file order; references are checked where the other side could be read."""
    seen: dict[str, Where] = {}
    duties = []
    for file in yaml_files(folder, NAME, faults):
        for entry in read_entries(folder / file, file, faults) or []:
            duty = _read_duty(entry, categories, departments, seen)
            if duty is not None:
                duties.append(duty)
    return tuple(duties)


def _read_duty(
    entry: Entry,
    categories: Collection[str] | None,
    departments: Collection[str] | None,
    seen: dict[str, Where],
) -> Duty | None:
    id_, category, what = entry.text("id"), entry.text("category"), entry.text("what")
    clause, lead = entry.text("clause"), entry.text("lead")
    assisting, examples = entry.texts("assisting"), entry.texts("examples")
    entry.finish()
    if id_ is not None:
        once(entry, "id", id_, seen, Where(entry.file, entry.line))
    if category is not None and categories is not None and category not in categories:
        unknown(entry, "category", category, categories)
    for key, ids in (("lead", (lead,)), ("assisting", assisting)):
        for named in ids:
            if named not in {None, DISTRICT} and departments is not None and named not in departments:
                unknown(entry, key, str(named), departments)
    if lead is not None and lead in assisting:
        entry.error(
            "assisting",
            Text("主办单位“{id}”又列为协办", "the lead “{id}” also assists").fill(id=lead),
            Text("请从协办单位中删去", "take it out of the assisting departments"),
        )
    if id_ is None or category is None or what is None or clause is None or lead is None:
        return None
    named_assisting = tuple(named for named in assisting if named != DISTRICT)
    return Duty(
        id_,
        category,
        what,
        clause,
        None if lead == DISTRICT else lead,
        named_assisting,
        examples,
        DISTRICT in assisting,
    )


def unknown(entry: Entry, key: str, id_: str, known: Collection[str]) -> None:
    """Note a reference to something that the pack does not have."""
    entry.error(
        key,
        Text("{key}引用了不存在的编号“{id}”", "{key} names “{id}”, which does not exist").fill(key=key, id=id_),
        nearest(id_, sorted(known)),
    )
