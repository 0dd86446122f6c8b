"""One order, everything that can be said of it at once: for a call that is going on, or to look how the rules read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from suqiu.config import Settings
from suqiu.domain.city import City
from suqiu.domain.tables import ORDERS
from suqiu.domain.text import Text
from suqiu.intake.redact import redact_text
from suqiu.models.connection import connection
from suqiu.models.endpoint import Endpoint
from suqiu.models.guarding import Redacted
from suqiu.models.zero_shot import ZeroShot
from suqiu.reading.extract import Extractor, Kind
from suqiu.reading.pipeline import Reader, load_reader, said_in
from suqiu.reading.routes import RouteFinder, shipped_rules
from suqiu.reading.storage import Learned

_ID = "1"
#: Stands for a time that nobody told; what follows from it is not shown.
_SOME_DAY = datetime(2000, 1, 1)


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
        to = connection(settings)
        self._zero_shot = ZeroShot(Endpoint(to), city) if to is not None else None

    def read(self, text: str, *, at: datetime | None = None) -> dict[str, Any]:
        """Return what one order says, ready for JSON; names beside ids.

        Args:
            text: what the citizen said; personal data is masked before anything looks at it.
            at: when it was said: "last night" is counted from here; None leaves such times without a date.
        """
        masked = redact_text(text)
        order = _order(masked, at or _SOME_DAY)
        claims, readings = self._reader.read(order)
        row = readings.to_pylist()[0]
        said = said_in(order)
        found: dict[str, Any] = {
            "text": masked,
            "suggestions": [self._named(claim) for claim in claims.to_pylist()],
            "urgency": {"level": row["urgency"], "reason": row["urgency_reason"]},
            "feeling": {
                "sentiment": row["feeling"],
                "intensity": row["feeling_intensity"],
                "escalation": row["escalation"],
            },
            "route": self._route(row),
            "assisting": self._assisting(row),
            "mentions": [
                mention | {"value": None} if mention["kind"] == Kind.TIME and at is None else mention
                for mention in self._extractor.extract(order, said).drop_columns(["order_id"]).to_pylist()
            ],
        }
        if self._zero_shot is not None:
            found["language_model"] = self._asked(self._zero_shot, masked)
        return found

    def _named(self, claim: Mapping[str, Any]) -> dict[str, Any]:
        kept = ("aspect", "rank", "value", "confidence", "basis", "author", "reason")
        duty = next((duty for duty in self._city.duties if duty.id == claim["reason"]), None)
        clause = None if duty is None else f"{duty.what}（{duty.clause}）"
        return {name: claim[name] for name in kept} | {"name": self._name(claim["value"]), "clause": clause}

    def _name(self, id_: str) -> str:
        departments = {department.id: department.name for department in self._city.departments}
        categories = self._city.taxonomy.by_id
        if id_ in departments:
            return departments[id_]
        if id_ in categories:
            return " / ".join(node.name for node in self._city.taxonomy.path(id_))
        return self._city.region_by_id[id_].name if id_ in self._city.region_by_id else id_

    def _assisting(self, row: Mapping[str, Any]) -> list[str]:
        """Return who assists the lead, as the duty of the order's category says."""
        duty = next((d for d in self._city.duties if d.category == row["category"]), None)
        if duty is None:
            return []
        names = [self._name(id_) for id_ in duty.assisting]
        if duty.district_assists and row["district"] is not None:
            names.append(self._name(row["district"]))
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


def _order(text: str, at: datetime) -> pa.RecordBatch:
    given: dict[str, Any] = {
        "order_id": _ID,
        "text": text,
        "title": "",
        "accepted_at": at,
        "channel": "phone",
        "secret": False,
    }
    given |= {"source_file": "", "source_row": 1}
    arrays = [pa.array([given.get(field.name)], field.type) for field in ORDERS]
    return pa.RecordBatch.from_arrays(arrays, schema=ORDERS)
