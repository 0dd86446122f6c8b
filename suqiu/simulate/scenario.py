"""The half-year to invent: when orders come, what goes wrong, and which events are planted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from suqiu.domain.order import Channel, OrderType, Urgency
from suqiu.simulate.phrases import Line, PlaceKind, Strict, phrase

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of one."""


class Growth(Strict):
    """How an event's orders spread over its days 发展曲线.

    Attributes:
        shape: `burst` falls from the first day by half every `half_life` days; `steady` keeps its level;
            `rise` grows by half-lives towards its last day; `wave` swells and ebbs around its middle.
        days: how long it lasts.
        half_life: days in which a burst halves or a rise doubles.
    """

    shape: Literal["burst", "steady", "rise", "wave"]
    days: Annotated[int, Field(ge=1)]
    half_life: Annotated[float, Field(gt=0)] = 1.0


class PlannedEvent(Strict):
    """One event to plant 预设事件.

    Attributes:
        label: its name in the truth.
        kind: a word for what it is.
        category: the leaf its orders belong to.
        scope: how wide it is: `city`, or the level of the region it stays in.
        region: the region's id; None has one drawn by population.
        place: what kind of place its orders name.
        fixed: kinds of places of which all its orders name one and the same, each with its name; an empty name has
            one of the region's own places drawn.
        start: when it begins, as a share of the whole period.
        hour: hour of the first day before which nobody knows of it.
        growth: how it unfolds.
        orders: its size in a run of 50,000 orders.
        main: it keeps 20 orders even in small runs.
        urgency: what its orders truly are.
        types: kinds of demand with their relative frequency.
        say, ask, reply: its own words, as in `Phrases`.
    """

    label: Line
    kind: Line
    category: str
    scope: Literal["city", "district", "street", "community"]
    region: str | None = None
    place: PlaceKind
    fixed: dict[PlaceKind, str] = Field(default_factory=dict)
    start: Share
    hour: Annotated[int, Field(ge=0, le=22)] = 0
    growth: Growth
    orders: Annotated[int, Field(ge=20)]
    main: bool = False
    urgency: Urgency = Urgency.NORMAL
    types: dict[OrderType, float]
    say: Annotated[tuple[Line, ...], Field(min_length=4)]
    ask: tuple[Line, ...] = ()
    reply: Annotated[tuple[Line, ...], Field(min_length=1)]

    @field_validator("say", "ask", "reply")
    @classmethod
    def _gaps(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(phrase(line) for line in lines)


class Season(Strict):
    """Leaves that swell and ebb with the year 季节规律.

    Attributes:
        words: a leaf is meant when its name or its lay words hold one of these.
        months: factor in the middle of each month; months that are not named have `otherwise`.
        otherwise: factor of all other months.
    """

    words: tuple[Line, ...]
    months: dict[int, Annotated[float, Field(gt=0)]]
    otherwise: Annotated[float, Field(gt=0)] = 1.0


class Storm(Strict):
    """Days of bad weather, on which everything swells and some matters swell much 极端天气.

    Attributes:
        label: its name in the truth.
        start: first day, as a share of the period.
        days: how long it lasts.
        volume: factor on all orders.
        words: as in `Season`.
        factor: factor on the leaves meant.
    """

    label: Line
    start: Share
    days: Annotated[int, Field(ge=1)]
    volume: Annotated[float, Field(ge=1)]
    words: tuple[Line, ...]
    factor: Annotated[float, Field(ge=1)]


class Cue(Strict):
    """Words that turn an order into an emergency 紧急情形.

    Attributes:
        cue: name of the danger, as in the truth.
        urgency: what the order becomes.
        words: only leaves that these words mean; empty for all.
        say: what the caller adds.
    """

    cue: Line
    urgency: Urgency
    words: tuple[Line, ...] = ()
    say: Annotated[tuple[Line, ...], Field(min_length=1)]


class Manner(Strict):
    """How one department works 承办单位特征.

    Attributes:
        speed: share of the time limit it usually takes; above 1 it is late more often than not.
        late: share closed after the limit.
        gamed: share closed just before the limit without having been handled.
        empty: share of replies that say nothing.
        solved: share truly solved.
    """

    speed: Annotated[float, Field(gt=0)]
    late: Share
    gamed: Share
    empty: Share
    solved: Share


class Volume(Strict):
    """When orders come in 来件规律.

    Attributes:
        hours: weight of each hour of a day.
        weekdays: factor of Monday to Sunday.
        holiday: factor of a holiday.
        growth: rise from the first to the last day, as a share.
        noise: relative spread of a day's volume beyond chance.
    """

    hours: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]
    weekdays: Annotated[tuple[float, ...], Field(min_length=7, max_length=7)]
    holiday: Annotated[float, Field(gt=0)]
    growth: float
    noise: Share


class Shares(Strict):
    """How often each thing happens 发生频率; every value is a share of the orders it can happen to."""

    exact_repeat: Share
    reworded_repeat: Share
    bad_rows: Share
    personal: Share
    decoys: Share
    several_demands: Share
    talkative: Share
    hint: Share
    typing_error: Share
    dialect: Share
    consult_direct: Share
    misdispatch: Share
    secret: Share
    anonymous: Share
    cue: Share
    wrong_record: Share
    missing_record: Share


class Scenario(Strict):
    """The half-year to invent 模拟情景: everything but the phrases, with its reasons as comments in the file.

    Attributes:
        order_prefix: letters before an order's number.
        area_code: of invented landlines.
        channels: relative frequency.
        volume, shares: see their classes.
        manners: departments that work unlike the rest, by id.
        pressing: leaves whose matters cannot wait, by id, unless somebody only asks, suggests or praises.
        seasons, storms, cues, events: see their classes.
    """

    order_prefix: str
    area_code: str
    channels: dict[Channel, float]
    volume: Volume
    shares: Shares
    manners: dict[str, Manner] = Field(default_factory=dict)
    seasons: tuple[Season, ...] = ()
    storms: tuple[Storm, ...] = ()
    pressing: dict[str, Urgency] = Field(default_factory=dict)
    cues: tuple[Cue, ...] = ()
    events: tuple[PlannedEvent, ...] = ()
