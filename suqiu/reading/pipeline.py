"""The reader: a batch of orders in, claims and readings out."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from suqiu.domain.city import City
from suqiu.domain.claim import Aspect, Basis
from suqiu.domain.tables import READINGS
from suqiu.reading import category, dispatch, storage
from suqiu.reading.catalogue import Catalogue
from suqiu.reading.feeling import FeelingFinder, shipped_feelings
from suqiu.reading.hints import without_hints
from suqiu.reading.opinions import Opinion, claims_of, filled, nothing
from suqiu.reading.place import PlaceFinder, Places
from suqiu.reading.routes import RouteFinder, shipped_rules
from suqiu.reading.sampling import LEARNED, label_numbers
from suqiu.reading.storage import Learned
from suqiu.reading.urgency import ORDER, Urgencies, UrgencyFinder, shipped_cues

#: Orders read at a time, whatever the batch: a few hundred bytes of pieces for each of their characters.
_AT_A_TIME = 8_192
_PLACES = (Aspect.DISTRICT, Aspect.STREET, Aspect.COMMUNITY)
_Field = tuple[pa.Array, pa.Array]


class Reader:
    """Reads one city's orders: a pure function of each order, however they are batched.

    An order's claims are what models and rules say, whether or not something is recorded; its reading
    is the record, completed where a claim is sure enough. On the orders that the models learned from
    they are surer than they should be; those have a record, which wins.
    """

    def __init__(self, city: City, learned: Learned) -> None:
        self._learned = learned
        self._places = PlaceFinder(city)
        self._urgency = UrgencyFinder(shipped_cues())
        self._routes = RouteFinder(shipped_rules(city))
        self._feelings = FeelingFinder(shipped_feelings())
        self._catalogue = Catalogue(city, learned.heard)
        self._city_version = city.version

    @property
    def version(self) -> str:
        """What the reader's claims depend on: learned weights, city pack and cues."""
        rules = f"{self._urgency.version}-{self._routes.version}"
        return f"reading/1-{self._learned.version}-{self._city_version or 'unversioned'}-{rules}"

    def read(self, orders: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """Return what can be claimed about each order, and each order as understood.

        Args:
            orders: `ORDERS` rows, any number.

        Returns:
            `CLAIMS` and `READINGS` rows, sorted as the orders.
        """
        parts = [self._read(orders.slice(at, _AT_A_TIME)) for at in range(0, max(1, len(orders)), _AT_A_TIME)]
        return pa.concat_batches([claims for claims, _ in parts]), pa.concat_batches([known for _, known in parts])

    def _read(self, orders: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        said = said_in(orders)
        places = self._places.locate(orders, said)
        urgencies = self._urgency.judge(said)
        routes, feelings = self._routes.judge(said), self._feelings.judge(said)
        opinions, fields = self._understood(orders, said, places)
        opinions += _place_opinions(places)
        opinions.append(_urgency_opinion(urgencies, self._urgency.version))
        opinions.append(_rule_opinion(Aspect.ROUTE, routes.codes, routes.words, self._routes.version))
        felt = pc.if_else(feelings.reason.is_valid(), feelings.sentiment, nothing(len(said)))
        opinions.append(_rule_opinion(Aspect.FEELING, felt, feelings.reason, "feeling/1"))
        district, street, community = places.levels
        urgency, urgency_basis, urgency_reason = _urgency(orders.column("urgency"), urgencies)
        columns = {
            "order_id": orders.column("order_id"),
            "accepted_at": orders.column("accepted_at"),
            "type": fields[Aspect.TYPE][0],
            "type_basis": fields[Aspect.TYPE][1],
            "category": fields[Aspect.CATEGORY][0],
            "category_1": _ancestor(fields[Aspect.CATEGORY][0], 1),
            "category_2": _ancestor(fields[Aspect.CATEGORY][0], 2),
            "category_basis": fields[Aspect.CATEGORY][1],
            "department": fields[Aspect.DEPARTMENT][0],
            "department_basis": fields[Aspect.DEPARTMENT][1],
            "district": district,
            "street": street,
            "community": community,
            "place_basis": _place_basis(places),
            "urgency": urgency,
            "urgency_basis": urgency_basis,
            "urgency_reason": urgency_reason,
            "route": routes.codes,
            "route_effect": routes.effects,
            "feeling": feelings.sentiment,
            "feeling_intensity": feelings.intensity,
            "escalation": feelings.escalation,
            "caller_id": orders.column("caller_id"),
        }
        claims = claims_of(orders.column("order_id"), opinions)
        return claims, pa.RecordBatch.from_pydict(columns, schema=READINGS)

    def report(self) -> dict[str, object]:
        """Return what was learned and how good it is on the newest orders, ready for JSON.

        Every score has its counts and 95 % interval; `abstained_share` is, for each level, the share of
        the newest orders for which the model is not sure enough to fill an empty field.
        """
        aspects: dict[str, object] = {}
        for aspect in LEARNED:
            record: dict[str, object] = {"labelled": self._learned.labelled.get(aspect, 0)}
            classifier = self._learned.classifiers.get(aspect)
            if classifier is None:
                record["basis"] = None if aspect is Aspect.TYPE else Basis.CATALOGUE.value
            else:
                accepted = [score for score in classifier.scores if score.name == "accepted_share"]
                record |= {
                    "basis": Basis.MODEL.value,
                    "version": self._author(aspect),
                    "learned_from": classifier.learned_from,
                    "accept_from": [calibration.accept_from for calibration in classifier.calibrations],
                    "abstained_share": [1 - s.right / s.tried if s.tried else None for s in accepted],
                    "scores": [score.as_record() for score in classifier.scores],
                }
            aspects[aspect.value] = record
        return {"version": self.version, "aspects": aspects}

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder: arrays and JSON, the same bytes for the same weights."""
        storage.save(self._learned, self._city_version, folder)

    def _author(self, aspect: Aspect) -> str:
        return f"{aspect.value}/1-{self._learned.versions[aspect]}"

    def _understood(
        self, orders: pa.RecordBatch, said: pa.Array, places: Places
    ) -> tuple[list[Opinion], dict[Aspect, _Field]]:
        """Return opinions on type, category and department, and these fields completed, with their basis."""
        models = self._learned.classifiers
        vectors = self._learned.vocabulary.vectors(said, places.levels[:2]) if self._learned.vocabulary else None
        answers = {aspect: model.answer(vectors) for aspect, model in models.items()}
        alone = not {Aspect.CATEGORY, Aspect.DEPARTMENT} <= set(answers)
        matched = self._catalogue.match(said) if alone else None
        author = f"catalogue/{self._city_version or 'unversioned'}"
        opinions: list[Opinion] = []
        fields: dict[Aspect, _Field] = {}
        for aspect in (Aspect.TYPE, Aspect.CATEGORY):
            filling = None
            if aspect in answers:
                opinion, filling = category.by_history(
                    aspect, answers[aspect], models[aspect].labels, self._author(aspect)
                )
                opinions.append(opinion)
            elif aspect is Aspect.CATEGORY and matched is not None:
                duties = self._catalogue.duties_of(matched.entries)
                opinion, filling = category.by_catalogue(matched, self._catalogue.labels, duties, author)
                opinions.append(opinion)
            fields[aspect] = filled(orders.column(aspect.value), filling)
        categories, districts = fields[Aspect.CATEGORY][0], places.levels[0]
        filling = None
        if Aspect.DEPARTMENT in answers:
            claimed, filling = dispatch.by_history(
                answers[Aspect.DEPARTMENT],
                models[Aspect.DEPARTMENT].labels,
                self._author(Aspect.DEPARTMENT),
                self._catalogue.justifying(categories, districts),
            )
            opinions += claimed
        elif matched is not None:
            numbers = label_numbers(categories, self._catalogue.labels)
            opinion, filling = dispatch.by_catalogue(self._catalogue, matched, numbers, districts, author)
            opinions.append(opinion)
        fields[Aspect.DEPARTMENT] = filled(orders.column("department"), filling)
        return opinions, fields


def load_reader(folder: Path, city: City) -> Reader:
    """Read back what `Reader.save` wrote.

    Raises:
        NotFound: the folder holds no reader.
        Conflict: it was learned for another state of the city pack.
    """
    return Reader(city, storage.load(folder, city))


def said_in(orders: pa.RecordBatch) -> pa.Array:
    """Return what citizens said: title and text, without the agent's routing hints."""
    return without_hints(pc.binary_join_element_wise(orders.column("title"), orders.column("text"), "\n"))


def _place_opinions(places: Places) -> list[Opinion]:
    """Claim what names in the text tell about the place; the record claims itself."""
    opinions = []
    for aspect, values, derived in zip(_PLACES, places.levels, places.derived, strict=True):
        length = len(values)
        claimed = pc.if_else(derived, values, nothing(length))
        unmeasured = nothing(length, pa.float64())
        opinions.append(Opinion(aspect, 1, claimed, unmeasured, Basis.RULE, "place/1", places.names))
    return opinions


def _rule_opinion(aspect: Aspect, values: pa.Array, reasons: pa.Array, author: str) -> Opinion:
    """Claim what a rule says, with the words or the cue that led to it."""
    return Opinion(aspect, 1, values, nothing(len(values), pa.float64()), Basis.RULE, author, reasons)


def _urgency_opinion(urgencies: Urgencies, author: str) -> Opinion:
    length = len(urgencies.reason)
    cued = pc.if_else(urgencies.reason.is_valid(), urgencies.urgency, nothing(length))
    unmeasured = nothing(length, pa.float64())
    return Opinion(Aspect.URGENCY, 1, cued, unmeasured, Basis.RULE, author, urgencies.reason)


def _urgency(recorded: pa.Array, urgencies: Urgencies) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Take the higher of the recorded and the heard urgency; the cue is its reason where it is no lower."""
    codes = pa.array([level.value for level in ORDER], pa.string())
    stated = pc.fill_null(pc.index_in(recorded, value_set=codes, skip_nulls=True), -1)
    heard = pc.index_in(urgencies.urgency, value_set=codes)
    raised = pc.greater(heard, stated)
    basis = pc.if_else(raised, Basis.RULE.value, Basis.RECORDED.value)
    reason = pc.if_else(pc.greater_equal(heard, stated), urgencies.reason, nothing(len(recorded)))
    return codes.take(pc.max_element_wise(stated, heard)), basis, reason


def _place_basis(places: Places) -> pa.Array:
    """Say rule where any level comes from the text, recorded where all that is known is recorded."""
    derived = pc.or_(pc.or_(places.derived[0], places.derived[1]), places.derived[2])
    known = pc.coalesce(*places.levels).is_valid()
    basis = pc.if_else(derived, Basis.RULE.value, Basis.RECORDED.value)
    return pc.if_else(known, basis, nothing(len(basis)))


def _ancestor(ids: pa.Array, level: int) -> pa.Array:
    """Return the ancestor at a level of dotted ids, null for ids above that level."""
    deep_enough = pc.greater_equal(pc.count_substring(ids, "."), level - 1)
    pattern = r"^([^.]*" + r"\.[^.]*" * (level - 1) + r").*$"
    cut = pc.replace_substring_regex(ids, pattern=pattern, replacement=r"\1")
    return pc.if_else(deep_enough, cut, nothing(len(ids)))
