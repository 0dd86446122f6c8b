"""What a bundle says of its centre and evidence: `centre.json`, all that a re-run needs beside the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from suqiu.domain.errors import InvalidInput
from suqiu.domain.finding import Backing
from suqiu.domain.text import Text
from suqiu.standard.result import TargetSet

FILE = "centre.json"
#: Of the record, not of the program.
_SCHEMA = "1.0.0"


@dataclass(frozen=True, slots=True)
class HandedItem:
    """One table of evidence: where it comes from and until when it is in date 佐证材料登记.

    Attributes:
        name: of the table: a form, or `cases`, `calls`, `call_backs`, `steps`.
        title: in words.
        backing: what it counts as.
        origin: system and version, or person; empty where nobody said.
        collected, expires: days, the latter inclusive.
        rows: how many.
        sensitivity: `personal_removed` where ids or texts stayed behind, else `internal`.
        rejected: rows handed in that could not be used.
    """

    name: str
    title: Text
    backing: Backing
    origin: str
    collected: date
    expires: date
    rows: int
    sensitivity: str
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class CentreRecord:
    """A centre as its bundle knows it 中心登记.

    Attributes:
        id, name, profile, residents: as in centre.yaml.
        period: first and last day, both inclusive.
        targets: set for this assessment.
        items: the tables of evidence, sorted by name.
        city: id of the city pack and its version.
        weights: the pack's numbers, which operational measures use.
    """

    id: str
    name: Text
    profile: str
    residents: int | None
    period: tuple[date, date]
    targets: tuple[TargetSet, ...]
    items: tuple[HandedItem, ...]
    city: tuple[str, str]
    weights: Mapping[str, float]

    def write(self, path: Path) -> None:
        """Write the record, the same bytes for the same record."""
        content = {"schema": _SCHEMA, **asdict(self)}
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
        path.write_text(text + "\n", encoding="utf-8")


def read_record(path: Path) -> CentreRecord:
    """Read what `CentreRecord.write` wrote.

    Raises:
        InvalidInput: the file is missing or is no such record.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        return _record(content)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput(
            "evidence.no_record",
            Text("“{path}”缺失或已损坏", "{path} is missing or damaged").fill(path=path),
            Text("请重新运行suqiu assess", "run suqiu assess again"),
        ) from error


def _record(content: Mapping[str, Any]) -> CentreRecord:
    first, last = content["period"]
    city, version = content["city"]
    return CentreRecord(
        content["id"],
        Text(**content["name"]),
        content["profile"],
        content["residents"],
        (date.fromisoformat(first), date.fromisoformat(last)),
        tuple(TargetSet(**target) for target in content["targets"]),
        tuple(_item(item) for item in content["items"]),
        (city, version),
        {name: float(value) for name, value in content["weights"].items()},
    )


def _item(item: Mapping[str, Any]) -> HandedItem:
    return HandedItem(
        item["name"],
        Text(**item["title"]),
        Backing(item["backing"]),
        item["origin"],
        date.fromisoformat(item["collected"]),
        date.fromisoformat(item["expires"]),
        item["rows"],
        item["sensitivity"],
        item["rejected"],
    )
