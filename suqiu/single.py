"""One order, everything that can be said of it at once: for a call that is going on, or to look how the rules read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from suqiu.config import Settings
from suqiu.domain.city import City
from suqiu.domain.claim import Aspect
from suqiu.domain.tables import ORDERS
from suqiu.domain.text import Text
from suqiu.intake.redact import redact_text
from suqiu.models.connection import connection
from suqiu.models.endpoint import Endpoint
from suqiu.models.guarding import Redacted
from suqiu.models.zero_shot import ZeroShot
from suqiu.reading.extract import Extractor, Kind
from suqiu.reading.pipeline import Reader, load_reader, said_in
from suqiu.reading.routes import RouteFinder, Rule, shipped_rules
from suqiu.reading.storage import Learned

_ID = "1"
#: Stands for a time that nobody told; what follows from it is not shown.
_SOME_DAY = datetime(2000, 1, 1)
_REGIONS = frozenset({Aspect.DISTRICT, Aspect.STREET, Aspect.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Sight:
    """What one order says, in the codes and ids of the city 研判结果.

    Attributes:
        text: as given, masked.
        said: what was looked at: title and text without routing hints; mentions count its characters.
        claims: `CLAIMS` rows.
        reading: the `READINGS` row: fields completed where an answer is sure enough.
        mentions: `MENTIONS` rows, without the order's number.
    """

    text: str
    said: str
    claims: Sequence[Mapping[str, Any]]
    reading: Mapping[str, Any]
    mentions: Sequence[Mapping[str, Any]]


class Understanding:
    """Reads single orders of one city; made once, it answers at once."""

    def __init__(self, city: City, settings: Settings, model: Path | None = None) -> None:
        """Make ready.

        Args:
            city: its pack.
            settings: of this installation: they name the language model, if there is one.
            model: what a run learned from the city's history; None for the duty catalogue alone.

        Raises:
            NotFound: the folder holds no reader.
            Conflict: it was learned for another state of the pack.
        """
        self._city = city
        self._reader = Reader(city, Learned()) if model is None else load_reader(model, city)
        self._extractor = Extractor(city)
        self._routes = RouteFinder(shipped_rules(city))
        self._duties = {duty.id: duty for duty in city.duties}
        to = connection(settings)
        self._zero_shot = ZeroShot(Endpoint(to), city) if to is not None else None

    def read(self, text: str, *, at: datetime | None = None) -> dict[str, Any]:
        """Return what one order says, ready for JSON; names beside ids.

        Args:
            text: what the citizen said; personal data is masked before anything looks at it.
            at: when it was said: "last night" is counted from here; None leaves such times without a date.
        """
        sight = self.look(text, at=at)
        row = sight.reading
        found: dict[str, Any] = {
            "text": sight.text,
            "suggestions": [self._named(claim) for claim in sight.claims],
            "urgency": {"level": row["urgency"], "reason": row["urgency_reason"]},
            "feeling": {
                "sentiment": row["feeling"],
                "intensity": row["feeling_intensity"],
                "escalation": row["escalation"],
            },
            "route": self._route(row),
            "assisting": self._assisting(row),
            "mentions": list(sight.mentions),
        }
        if self._zero_shot is not None:
            found["language_model"] = self._asked(self._zero_shot, sight.text)
        return found

    def look(self, text: str, *, at: datetime | None = None, **recorded: str) -> Sight:
        """Return what one order says; no language model is asked.

        Args:
            text: what the citizen said; personal data is masked before anything looks at it.
            at: when it was said, as the city's clocks show it; None leaves such times as "last night" without a date.
            recorded: columns of `ORDERS` that are known: `title`, `type`, `category`, `district`, `address`, ….
        """
        masked = redact_text(text)
        order = _order(masked, at or _SOME_DAY, recorded)
        claims, readings = self._reader.read(order)
        said = said_in(order)
        mentions = self._extractor.extract(order, said).drop_columns(["order_id"]).to_pylist()
        if at is None:
            mentions = [one | {"value": None} if one["kind"] == Kind.TIME else one for one in mentions]
        return Sight(masked, said[0].as_py(), claims.to_pylist(), readings.to_pylist()[0], mentions)

    @property
    def version(self) -> str:
        """What everything it says depends on: what was learned, the city pack, the rules."""
        return f"{self._reader.version}-{self._extractor.version}"

    def route(self, code: str) -> Rule:
        """Return a rule for where a matter belongs, by its code.

        Raises:
            KeyError: there is none.
        """
        return self._routes.rule(code)

    def tell(self, code: str, effect: str) -> Text:
        """Return what to tell the caller about a route that was found.

        Raises:
            KeyError: there is no such rule.
        """
        return self._routes.tell(code, effect)

    def _named(self, claim: Mapping[str, Any]) -> dict[str, Any]:
        kept = ("aspect", "rank", "value", "confidence", "basis", "author", "reason")
        duty = self._duties.get(claim["reason"])
        clause = None if duty is None else f"{duty.what}（{duty.clause}）"
        return {name: claim[name] for name in kept} | {
            "name": self._name(claim["aspect"], claim["value"]),
            "clause": clause,
        }

    def _name(self, aspect: str, id_: str) -> str:
        """Return a name by what the id is of: regions and categories are numbered alike."""
        city = self._city
        if aspect == Aspect.DEPARTMENT and id_ in city.department_by_id:
            return city.department_by_id[id_].name
        if aspect == Aspect.CATEGORY and id_ in city.taxonomy.by_id:
            return " / ".join(node.name for node in city.taxonomy.path(id_))
        return city.region_by_id[id_].name if aspect in _REGIONS and id_ in city.region_by_id else id_

    def _assisting(self, row: Mapping[str, Any]) -> list[str]:
        """Return who assists the lead, as the duty of the order's category says."""
        duty = next((d for d in self._city.duties if d.category == row["category"]), None)
        if duty is None:
            return []
        names = [self._name(Aspect.DEPARTMENT, id_) for id_ in duty.assisting]
        if duty.district_assists and row["district"] is not None:
            names.append(self._name(Aspect.DISTRICT, row["district"]))
        return names

    def _route(self, row: Mapping[str, Any]) -> dict[str, str] | None:
        if row["route"] is None:
            return None
        told: Text = self._routes.tell(row["route"], row["route_effect"])
        return {"code": row["route"], "effect": row["route_effect"], "zh": told.zh, "en": told.en}

    @staticmethod
    def _asked(zero_shot: ZeroShot, masked: str) -> dict[str, Any]:
        """Ask the language model; each answer says which way it came, and why where it did not."""
        texts = [Redacted(masked)]
        told: dict[str, Any] = {}
        for name, answer in (
            ("category", zero_shot.categories(texts)[0]),
            ("department", zero_shot.departments(texts)[0]),
            ("title", zero_shot.titles(texts)[0]),
        ):
            value = None if answer.value is None else answer.value.model_dump()
            told[name] = {"way": answer.way, "reason": answer.reason, "author": answer.author, "value": value}
        return told


def _order(text: str, at: datetime, recorded: Mapping[str, str]) -> pa.RecordBatch:
    given: dict[str, Any] = {
        "order_id": _ID,
        "text": text,
        "title": "",
        "accepted_at": at,
        "channel": "phone",
        "secret": False,
        "source_file": "",
        "source_row": 1,
        **recorded,
    }
    arrays = [pa.array([given.get(field.name)], field.type) for field in ORDERS]
    return pa.RecordBatch.from_arrays(arrays, schema=ORDERS)
