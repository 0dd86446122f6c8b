"""The Arrow schema of every table that passes between stages, each defined once.

Times are wall-clock seconds of the city (its zone is in `City.timezone` and in the lake's manifest):
China has one zone and no summer time, and a column without zone spares every engine a conversion.
Region, category and department columns hold ids of the city pack; codes are those of `domain.order`.
"""

from __future__ import annotations

import pyarrow as pa

_TEXT = pa.string()
_TIME = pa.timestamp("s")


def _schema(**columns: pa.DataType | tuple[pa.DataType, str]) -> pa.Schema:
    """Build a schema; a type alone is a column that is never null, `(type, "null")` may be."""
    fields = []
    for name, spec in columns.items():
        kind, nullable = spec if isinstance(spec, tuple) else (spec, "")
        fields.append(pa.field(name, kind, nullable=nullable == "null"))
    return pa.schema(fields)


def _maybe(kind: pa.DataType) -> tuple[pa.DataType, str]:
    return kind, "null"


#: What an export states about each order, checked and redacted; sorted by accepted_at, order_id.
ORDERS = _schema(
    order_id=_TEXT,
    source_file=_TEXT,  # the input file's name
    source_row=pa.int64(),  # as a spreadsheet shows it, the header is row 1
    channel=_TEXT,
    type=_maybe(_TEXT),
    category=_maybe(_TEXT),  # deepest node stated
    title=_TEXT,  # may be empty
    text=_TEXT,  # may be empty when there is a title
    accepted_at=_TIME,
    dispatched_at=_maybe(_TIME),
    signed_at=_maybe(_TIME),
    contacted_at=_maybe(_TIME),
    replied_at=_maybe(_TIME),
    closed_at=_maybe(_TIME),
    due_at=_maybe(_TIME),  # as the export states it
    status=_maybe(_TEXT),  # as the export states it
    department=_maybe(_TEXT),  # lead unit now
    district=_maybe(_TEXT),
    street=_maybe(_TEXT),
    community=_maybe(_TEXT),
    address=_maybe(_TEXT),
    lon=_maybe(pa.float64()),
    lat=_maybe(pa.float64()),
    urgency=_maybe(_TEXT),
    caller_id=_maybe(_TEXT),  # number of the same caller's first order in this data: a pseudonym that tells nothing
    secret=pa.bool_(),  # the caller asked not to be named
    reply=_maybe(_TEXT),
    solved=_maybe(pa.bool_()),  # as the caller said when called back
    satisfaction=_maybe(_TEXT),
)

#: Everything that happened to each order; sorted by order_id, seq.
STEPS = _schema(
    order_id=_TEXT,
    seq=pa.int32(),  # 1 is the first
    kind=_TEXT,
    at=_TIME,
    actor=_maybe(_TEXT),
    department=_maybe(_TEXT),
    reason=_maybe(_TEXT),
    until=_maybe(_TIME),
    parent=_maybe(_TEXT),
)

#: Telephone calls; sorted by queued_at, call_id.
CALLS = _schema(
    call_id=_TEXT,
    order_id=_maybe(_TEXT),
    queued_at=_TIME,
    answered_at=_maybe(_TIME),  # null when nobody answered
    ended_at=_TIME,
    wrapped_at=_maybe(_TIME),  # end of after-call work
    agent=_maybe(_TEXT),
    transferred_to=_maybe(_TEXT),  # 110, 119, 120, 122, or a department id
    transfer_accepted=_maybe(pa.bool_()),
    called_back_at=_maybe(_TIME),  # for a missed call
)

#: Call-backs after handling; sorted by order_id, at.
CALL_BACKS = _schema(
    order_id=_TEXT,
    at=_TIME,
    by=_maybe(_TEXT),  # human or robot
    reached=pa.bool_(),
    contacted=_maybe(pa.bool_()),  # the department had contacted the caller
    solved=_maybe(pa.bool_()),
    satisfaction=_maybe(_TEXT),
    truthful=_maybe(pa.bool_()),  # the closure's story is true
)

#: What is wrong with the input, cell by cell; sorted by file, row, column, code.
FAULTS = _schema(
    file=_TEXT,
    row=pa.int64(),
    column=_TEXT,
    code=_TEXT,
    severity=_TEXT,  # reject or mend
    value=_TEXT,  # redacted, at most 60 characters
)

#: What models and rules assert, best three for each aspect; sorted as orders, then aspect, rank.
CLAIMS = _schema(
    order_id=_TEXT,
    aspect=_TEXT,
    value=_TEXT,
    confidence=_maybe(pa.float32()),
    rank=pa.int8(),
    basis=_TEXT,
    author=_TEXT,
    reason=_maybe(_TEXT),
)

#: The order as understood: what is recorded, completed by claims that pass their threshold; sorted as orders.
READINGS = _schema(
    order_id=_TEXT,
    accepted_at=_TIME,
    type=_maybe(_TEXT),
    type_basis=_maybe(_TEXT),
    category=_maybe(_TEXT),  # deepest node known
    category_1=_maybe(_TEXT),
    category_2=_maybe(_TEXT),
    category_basis=_maybe(_TEXT),
    department=_maybe(_TEXT),
    department_basis=_maybe(_TEXT),
    district=_maybe(_TEXT),
    street=_maybe(_TEXT),
    community=_maybe(_TEXT),
    place_basis=_maybe(_TEXT),
    urgency=_TEXT,
    urgency_basis=_TEXT,
    urgency_reason=_maybe(_TEXT),  # the cue: fire, gas, self_harm, violence, unrest, unpaid_wages, outage, minor, …
    route=_maybe(_TEXT),  # the rule that comes before any model: emergency_police, court, …
    route_effect=_maybe(_TEXT),  # transfer, refer, explain, inform
    feeling=_TEXT,  # positive, neutral, negative
    feeling_intensity=pa.int8(),  # 0 to 3
    escalation=_maybe(_TEXT),  # the cue: repeated_call, threat_media, ultimatum, …
    caller_id=_maybe(_TEXT),
)

#: What an order's text names: places, times, parties, demands, amounts; sorted as orders, then by start.
MENTIONS = _schema(
    order_id=_TEXT,
    kind=_TEXT,
    text=_TEXT,  # as written
    value=_maybe(_TEXT),  # normalised: a region id, a canonical name, an ISO interval, a code
    amount=_maybe(pa.float64()),  # in `unit`
    unit=_maybe(_TEXT),
    start=pa.int32(),  # characters from the beginning of what was said
    length=pa.int32(),
)

#: How well each reply answers its demand; sorted as orders; orders without a reply have no row.
REPLIES = _schema(
    order_id=_TEXT,
    verdict=_TEXT,  # answers, partial, empty, template, evasive
    relevance=pa.float32(),  # 0 to 1, as the three that follow
    completeness=pa.float32(),
    evidence=pa.float32(),
    concreteness=pa.float32(),
    promise=_maybe(_TEXT),
    promise_by=_maybe(_TEXT),  # ISO day
    reason=_TEXT,
)

#: Each order's clocks and counts, derived from its steps, or from its own times where there are none;
#: sorted as orders. Null means that the data cannot tell.
TIMELINES = _schema(
    order_id=_TEXT,
    accepted_at=_TIME,
    status=_maybe(_TEXT),
    first_dispatched_at=_maybe(_TIME),
    signed_at=_maybe(_TIME),
    contacted_at=_maybe(_TIME),
    replied_at=_maybe(_TIME),
    closed_at=_maybe(_TIME),
    sign_due_at=_maybe(_TIME),
    contact_due_at=_maybe(_TIME),
    reply_due_at=_maybe(_TIME),
    close_due_at=_maybe(_TIME),  # with granted extensions and pauses
    dispatches=_maybe(pa.int32()),
    returns_asked=_maybe(pa.int32()),
    returns_granted=_maybe(pa.int32()),
    returns_refused=_maybe(pa.int32()),
    extensions=_maybe(pa.int32()),
    urges=_maybe(pa.int32()),
    supervisions=_maybe(pa.int32()),
    reworks=_maybe(pa.int32()),
    shelved=_maybe(pa.bool_()),
    released=_maybe(pa.bool_()),
    merged_into=_maybe(_TEXT),
    exempt=_maybe(pa.bool_()),  # granted as unreasonable: left out of appraisal
    appeals=_maybe(pa.int32()),
    appeals_upheld=_maybe(pa.int32()),
)

#: The order as measures see it: what it is cut by, its clocks and counts, what the caller said in the end. One wide
#: row an order, so that a measure reads one table and joins nothing; sorted as orders.
CASES = pa.schema(
    [
        *_schema(
            order_id=_TEXT,
            accepted_at=_TIME,
            channel=_TEXT,
            type=_maybe(_TEXT),
            category=_maybe(_TEXT),
            category_1=_maybe(_TEXT),
            department=_maybe(_TEXT),
            district=_maybe(_TEXT),
            street=_maybe(_TEXT),
            community=_maybe(_TEXT),
        ),
        *(field for field in TIMELINES if field.name not in {"order_id", "accepted_at"}),
        *_schema(
            visited_at=_maybe(_TIME),  # the last call-back
            judged_at=_TIME,  # the last call-back, else closure, else acceptance
            solved=_maybe(pa.bool_()),  # at the last call-back that brought an answer, else as exported
            satisfaction=_maybe(_TEXT),
            repeated=_maybe(pa.bool_()),  # soon after the first order of its group; null where nobody has looked
        ),
    ]
)

#: Which order repeats which; one row for each order that repeats an earlier one; sorted as orders.
REPEATS = _schema(
    order_id=_TEXT,
    first_id=_TEXT,  # the earliest order of the same group
    kind=_TEXT,  # exact or reworded
    same_caller=_maybe(pa.bool_()),  # as first_id's; null where a caller is unknown
    similarity=pa.float32(),  # 0 to 1; 1 for exact
)

#: Events, most surprising first.
EVENTS = _schema(
    event_id=_TEXT,
    name=_TEXT,
    category=_TEXT,
    region=_maybe(_TEXT),
    scope=_maybe(_TEXT),
    first_at=_TIME,
    last_at=_TIME,
    peak_on=pa.date32(),
    orders=pa.int64(),
    callers=_maybe(pa.int64()),
    expected=pa.float64(),
    surprise=pa.float64(),
    status=_TEXT,
)

#: Which order belongs to which event, at most one; sorted by event_id, order_id.
EVENT_ORDERS = _schema(event_id=_TEXT, order_id=_TEXT)

#: Orders a day, for trends; sorted by measure, dimension, key, day.
DAILY = _schema(
    dimension=_TEXT,  # all, category_1, district, type
    key=_TEXT,
    day=pa.date32(),
    orders=pa.int64(),
    season=_maybe(pa.float64()),  # expected from level and weekday or holiday pattern
    band_lower=_maybe(pa.float64()),
    band_upper=_maybe(pa.float64()),
)

#: Every table of the lake by its name.
TABLES: dict[str, pa.Schema] = {
    "orders": ORDERS,
    "steps": STEPS,
    "calls": CALLS,
    "call_backs": CALL_BACKS,
    "faults": FAULTS,
    "claims": CLAIMS,
    "readings": READINGS,
    "mentions": MENTIONS,
    "replies": REPLIES,
    "timelines": TIMELINES,
    "cases": CASES,
    "repeats": REPEATS,
    "events": EVENTS,
    "event_orders": EVENT_ORDERS,
    "daily": DAILY,
}
