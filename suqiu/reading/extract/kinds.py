"""What sorts of things an order names."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a mention is 要素类别; `value`, `amount` and `unit` of its row mean what is said beside it."""

    #: A district, street or community of the city pack; value: its id.
    REGION = "region"
    #: A road; value: the id of the region that the pack places it in, else its name without a region before it.
    ROAD = "road"
    #: A house number right behind a place; value: the number.
    NUMBER = "number"
    #: Building, unit, floor, room; value: the same in one form, `5栋1单元101室`.
    BUILDING = "building"
    #: An estate, school, market, shop or other place with a name of its own; value: as for a road.
    POINT = "point"
    #: Where roads meet; value: their names, sorted, with a slash between.
    JUNCTION = "junction"
    #: Where the matter lies beside a named place; value: `beside`, `opposite`, …; amount: metres, where said.
    RELATIVE = "relative"
    #: A time; value: an ISO 8601 interval of wall-clock time, `R/…` for what recurs, null for what is vague.
    TIME = "time"
    #: Money; amount: the lower end, unit `元` or `元/…`; value: both ends where it is a range.
    AMOUNT = "amount"
    #: How long; amount: days; value: an ISO 8601 duration, with `>=` where more than that was said.
    DURATION = "duration"
    #: How many people or households; unit `人` or `户`.
    PEOPLE = "people"
    #: Who complains, as a role; value: the role's code.
    COMPLAINANT = "complainant"
    #: Whom it is about; value: the canonical name.
    AGAINST = "against"
    #: An organisation; value: its name without legal form and without the city's name.
    ORGANISATION = "organisation"
    #: What it is about; value: the canonical word.
    OBJECT = "object"
    #: One of several demands in one order; value: its number from 1.
    DEMAND = "demand"
    #: What is asked for; value: the action's code.
    ACTION = "action"
