"""What a reading tells the person on the call: suggestions with confidence and reason, warnings, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from suqiu.domain.city import City, Duty
from suqiu.domain.claim import Aspect, Basis
from suqiu.domain.order import Urgency
from suqiu.domain.text import Text
from suqiu.reading.extract.kinds import Kind
from suqiu.reading.feeling import shipped_feelings
from suqiu.reading.routes import Effect
from suqiu.reading.urgency import shipped_cues
from suqiu.single import Sight, Understanding
from suqiu.web.live.questions import Question, missing
from suqiu.web.wording import told

#: What is likelier wrong than right is not filled in beforehand, even where most such answers would be right.
_LEAST_SURE = 0.5
#: What is right once in twenty times only takes attention.
_LEAST_TOLD = 0.05
#: A title is cut here.
_TITLE = 40
_REGIONS = (Aspect.COMMUNITY, Aspect.STREET, Aspect.DISTRICT)
_ADDRESS = (Kind.REGION, Kind.ROAD, Kind.NUMBER, Kind.POINT, Kind.BUILDING, Kind.JUNCTION, Kind.RELATIVE)
#: Characters that may stand between two words for one place: 锦绣华庭小区3栋.
_GAP = 2
_OBJECTS = (Kind.AGAINST, Kind.ORGANISATION, Kind.OBJECT)


@dataclass(frozen=True, slots=True)
class Guess:
    """One suggestion 智能建议.

    Attributes:
        aspect: as in `orders.models.Suggestion`.
        value: id or code.
        confidence: calibrated, 0 to 1; None where a rule or the duty catalogue speaks.
        rank: 1 for the best.
        author: model's or rule's name and version.
        reason: the words or the duty behind it; may be empty.
        sure: it is sure enough to be filled in beforehand; a person still decides.
        duty: the line of the duty catalogue behind it, None where there is none.
    """

    aspect: str
    value: str
    confidence: float | None
    rank: int
    author: str
    reason: str = ""
    sure: bool = False
    duty: Duty | None = None

    def __str__(self) -> str:
        return self.value

    @property
    def percent(self) -> int | None:
        """The confidence in percent."""
        return None if self.confidence is None else round(self.confidence * 100)

    def as_suggestion(self) -> dict[str, object]:
        """Return it as `flow.Demand.suggestions` takes it."""
        return {
            "aspect": self.aspect,
            "value": self.value,
            "confidence": self.confidence,
            "rank": self.rank,
            "author": self.author,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Route:
    """Where the law wants the matter to go 法定途径提示.

    Attributes:
        code, name, effect, line: of the rule, see `reading.routes.Rule`.
        tell: what to tell the caller.
        cue: the words that led to it.
    """

    code: str
    name: Text
    effect: str
    line: str | None
    tell: Text
    cue: str

    @property
    def words(self) -> str:
        """What to tell the caller, in the reader's language."""
        return told(self.tell)


@dataclass(frozen=True, slots=True)
class Feeling:
    """How the caller feels 情绪.

    Attributes:
        sentiment, intensity: see `reading.feeling.Feelings`.
        cue: what officials call the deciding cue.
        escalation: what officials call the cue that it may escalate, empty for none.
    """

    sentiment: str
    intensity: int
    cue: str
    escalation: str


@dataclass(frozen=True, slots=True)
class Live:
    """Everything that one text says, for the desk 实时研判结果.

    Attributes:
        text: as it was looked at: masked.
        title: a proposed line, empty for nothing.
        type, category, place: the best suggestion each, None for none.
        urgency: level heard, None for no cue; its reason is the cue's name.
        route: None where the matter is ours.
        feeling: None where nothing tells.
        departments: up to three, best first; none where the model abstained altogether.
        assisting: departments that assist, by the duty.
        abstained: why no department is proposed for sure; None where one is.
        address, object_name: as said in the text; may be empty.
        demands: the distinct demands where there are several.
        questions: what to ask next.
        mentions: everything that is named.
        version: of all that was used.
    """

    text: str
    title: str
    type: Guess | None
    category: Guess | None
    place: Guess | None
    urgency: Guess | None
    route: Route | None
    feeling: Feeling | None
    departments: tuple[Guess, ...]
    assisting: tuple[str, ...]
    abstained: Text | None
    address: str
    object_name: str
    demands: tuple[str, ...]
    questions: tuple[Question, ...]
    mentions: Sequence[Mapping[str, Any]]
    version: str

    @property
    def emergency(self) -> bool:
        """Whether a person must act at once: the call is transferred, or a cue of an emergency is heard."""
        return _is_emergency(self.route, self.urgency)

    @property
    def sure_department(self) -> Guess | None:
        """The department to fill in beforehand, None where the person must choose."""
        return next((one for one in self.departments if one.rank == 1 and one.sure), None)

    def suggestions(self) -> tuple[dict[str, object], ...]:
        """Return all that was proposed, as `flow.Demand` writes it down; an abstention is written down too."""
        single = (self.type, self.category, self.place, self.urgency)
        lines = [one.as_suggestion() for one in (*single, *self.departments) if one is not None]
        if not self.departments:
            lines.append(Guess("department", "", None, 1, self.version[:80]).as_suggestion())
        if self.title:
            lines.append(Guess("title", self.title, None, 1, "title/1").as_suggestion())
        return tuple(lines)


def _is_emergency(route: Route | None, urgency: Guess | None) -> bool:
    transfer = route is not None and route.effect == Effect.TRANSFER
    return transfer or (urgency is not None and urgency.value == Urgency.EMERGENCY)


def tell(sight: Sight, understanding: Understanding, city: City) -> Live:
    """Return what a reading tells."""
    row, kinds = sight.reading, {mention["kind"] for mention in sight.mentions}
    by_aspect: dict[str, list[Mapping[str, Any]]] = {}
    for claim in sight.claims:
        by_aspect.setdefault(claim["aspect"], []).append(claim)

    def best(aspect: Aspect) -> Guess | None:
        claims = [claim for claim in by_aspect.get(aspect, []) if _worth_telling(claim)]
        return _guess(claims[0], city, sure=row[aspect] == claims[0]["value"]) if claims else None

    # What the catalogue finds alike is a hint; only what it says of a category that a person chose is sure.
    chosen = row["category_basis"] == Basis.RECORDED
    departments = tuple(
        _guess(
            claim,
            city,
            sure=claim["rank"] == 1
            and row["department"] == claim["value"]
            and (chosen or claim["confidence"] is not None),
        )
        for claim in by_aspect.get(Aspect.DEPARTMENT, [])
        if claim["value"] in city.department_by_id and _worth_telling(claim)
    )
    category, type_ = best(Aspect.CATEGORY), best(Aspect.TYPE)
    named = kinds | ({"street"} if row["street"] is not None else set())
    urgency, route = _urgency(row, understanding), _route(by_aspect, row, understanding)
    return Live(
        text=sight.text,
        title=_title(sight.text),
        type=type_,
        category=category,
        place=_place(by_aspect),
        urgency=urgency,
        route=route,
        feeling=_feeling(row, by_aspect),
        departments=departments,
        assisting=_assisting(category, row, city, departments[0].value if departments else ""),
        abstained=None if any(one.sure for one in departments) else _why(departments),
        address=_address(sight),
        object_name=_object(sight),
        demands=tuple(one["text"] for one in sight.mentions if one["kind"] == Kind.DEMAND),
        questions=missing(
            sight.text, named, type_.value if type_ is not None else None, emergency=_is_emergency(route, urgency)
        ),
        mentions=sight.mentions,
        version=understanding.version,
    )


def _worth_telling(claim: Mapping[str, Any]) -> bool:
    return claim["confidence"] is None or claim["confidence"] >= _LEAST_TOLD


def _guess(claim: Mapping[str, Any], city: City, *, sure: bool) -> Guess:
    sure = sure and (claim["confidence"] is None or claim["confidence"] >= _LEAST_SURE)
    duty = _duties(city).get(claim["reason"] or "")
    reason = f"{duty.what}（{duty.clause}）" if duty is not None else claim["reason"] or ""
    return Guess(
        claim["aspect"], claim["value"], claim["confidence"], claim["rank"], claim["author"], reason, sure, duty
    )


def _place(by_aspect: Mapping[str, Sequence[Mapping[str, Any]]]) -> Guess | None:
    claims = next((by_aspect[aspect] for aspect in _REGIONS if by_aspect.get(aspect)), None)
    if claims is None:
        return None
    one = claims[0]
    return Guess("place", one["value"], None, 1, one["author"], one["reason"] or "", sure=True)


def _urgency(row: Mapping[str, Any], understanding: Understanding) -> Guess | None:
    if row["urgency_reason"] is None:
        return None
    name = _cue_names().get(row["urgency_reason"], row["urgency_reason"])
    return Guess("urgency", row["urgency"], None, 1, understanding.version[-80:], name, sure=True)


def _route(
    by_aspect: Mapping[str, Sequence[Mapping[str, Any]]], row: Mapping[str, Any], understanding: Understanding
) -> Route | None:
    if row["route"] is None:
        return None
    rule = understanding.route(row["route"])
    said = understanding.tell(row["route"], row["route_effect"])
    cue = by_aspect[Aspect.ROUTE][0]["reason"] or ""
    return Route(rule.code, rule.name, row["route_effect"], rule.line, said, cue)


def _feeling(row: Mapping[str, Any], by_aspect: Mapping[str, Sequence[Mapping[str, Any]]]) -> Feeling | None:
    if not row["feeling_intensity"] and row["escalation"] is None:
        return None
    names = _feeling_names()
    cue = next((one["reason"] or "" for one in by_aspect.get(Aspect.FEELING, [])), "")
    return Feeling(
        row["feeling"], row["feeling_intensity"], names.get(cue, cue), names.get(row["escalation"] or "", "")
    )


def _assisting(category: Guess | None, row: Mapping[str, Any], city: City, lead: str) -> tuple[str, ...]:
    duty = None if category is None else _duty_of_category(city).get(row["category"] or category.value)
    if duty is None:
        return ()
    found = list(duty.assisting)
    if duty.district_assists and row["district"] is not None:
        found += [one.id for one in city.departments if one.region == row["district"]]
    return tuple(id_ for id_ in dict.fromkeys(found) if id_ != lead)


def _why(departments: Sequence[Guess]) -> Text:
    """Say why no department is filled in beforehand."""
    if not departments:
        return Text("没有足够把握，未给出承办建议，请人工判断", "not sure enough to name any unit: please judge")
    if departments[0].confidence is None:
        return Text("仅依据职责清单比对，没有历史把握度，请人工确认", "from the duty catalogue alone: please confirm")
    return Text(
        f"首选把握度{round(departments[0].confidence * 100)}%，低于自动预选的门槛，请人工确认",
        f"{round(departments[0].confidence * 100)}% sure, below the threshold for preselection: please confirm",
    )


def _address(sight: Sight) -> str:
    """Return the words for the place that stand together first."""
    parts = sorted((one["start"], one["start"] + one["length"]) for one in sight.mentions if one["kind"] in _ADDRESS)
    if not parts:
        return ""
    start, end = parts[0]
    for begin, stop in parts[1:]:
        if begin > end + _GAP or not (begin <= end or sight.said[end:begin].isalnum()):
            break
        end = max(end, stop)
    return sight.said[start:end].strip()


def _object(sight: Sight) -> str:
    """Return whom or what it is about; the name of the place itself tells nothing more."""
    places = [one["text"] for one in sight.mentions if one["kind"] in _ADDRESS]
    for kind in _OBJECTS:
        for one in sight.mentions:
            if one["kind"] == kind and not any(one["text"] in place for place in places):
                return str(one["text"])
    return ""


def _title(text: str) -> str:
    """Return the first clause that says something, without how calls begin."""
    for clause in _clauses(text):
        plain = clause
        for lead in _LEADS:
            plain = plain.removeprefix(lead)
        if len(plain) >= _LEAST_TITLE:
            return plain[:_TITLE]
    return text.strip()[:_TITLE]


#: A clause shorter than this names no matter.
_LEAST_TITLE = 6
_LEADS = (
    "您好",
    "你好",
    "喂",
    "那个",
    "我想",
    "我要",
    "来电人",
    "市民",
    "反映",
    "投诉",
    "举报",
    "咨询",
    "请问",
    "说",
    "：",
    ":",
)


def _clauses(text: str) -> list[str]:
    for sign in "，,。！!？?；;\n":
        text = text.replace(sign, "\n")
    return [clause.strip() for clause in text.split("\n") if clause.strip()]


@lru_cache(maxsize=1)
def _cue_names() -> Mapping[str, str]:
    return {cue.id: cue.name for cue in shipped_cues().cues}


@lru_cache(maxsize=1)
def _feeling_names() -> Mapping[str, str]:
    return {cue.id: cue.name for cue in shipped_feelings()}


_BY_CITY: dict[str, tuple[City, Mapping[str, Duty], Mapping[str, Duty]]] = {}


def _by_city(city: City) -> tuple[City, Mapping[str, Duty], Mapping[str, Duty]]:
    found = _BY_CITY.get(city.version)
    if found is None or found[0] is not city:
        by_category: dict[str, Duty] = {}
        for duty in city.duties:
            by_category.setdefault(duty.category, duty)
        found = _BY_CITY[city.version] = (city, {duty.id: duty for duty in city.duties}, by_category)
    return found


def _duties(city: City) -> Mapping[str, Duty]:
    return _by_city(city)[1]


def _duty_of_category(city: City) -> Mapping[str, Duty]:
    return _by_city(city)[2]
