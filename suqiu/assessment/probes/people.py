"""The people of a hotline: how many leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import ibis

from suqiu.assessment.asking import needs, tallied
from suqiu.assessment.evidence import Evidence
from suqiu.assessment.forms import FORMS
from suqiu.assessment.probing import Need, known, probe, unknown
from suqiu.domain.finding import Answer
from suqiu.domain.text import Text

_FORM = "staff"
_YEAR_DAYS = 365


def _needs(role: str) -> tuple[Need, ...]:
    codes = FORMS[_FORM].column("role").codes
    if role not in codes:
        raise ValueError(f"role: {role!r}, but {', '.join(codes)}")
    return needs(_FORM, ["role", "hired_on", "left_on"])


@probe("turnover.v1", needs=_needs)
def turnover(evidence: Evidence, *, role: str) -> Answer:
    """People of a role who left in the period, for a year, divided by the mean of its opening and closing headcount.

    A person is there from the day of hiring and no longer on the day of leaving. No interval: all staff is counted.
    """
    first, last = evidence.first, evidence.last

    def count(table: ibis.Table, inside: ibis.Value) -> Mapping[str, ibis.Value]:
        left = table.left_on

        def there(on: ibis.Value) -> ibis.Value:
            return inside & (table.hired_on <= on) & (left.isnull() | (left > on))

        opening = inside & (table.hired_on <= first) & (left.isnull() | (left >= first))
        return {
            "leavers": table.count(where=inside & (left >= first) & (left <= last)),
            "opening": table.count(where=opening),
            "closing": table.count(where=there(ibis.literal(last))),
        }

    found = tallied(evidence, _FORM, count, among={"role": role})
    if isinstance(found, Answer):
        return found
    headcount = (found["opening"] + found["closing"]) / 2
    if not headcount:
        return unknown(
            Text("该岗位期初、期末均无在岗人员", "nobody of this role was there at either end of the period"),
            found["rows"],
        )
    days = (last - first + timedelta(1)).days
    value = found["leavers"] * _YEAR_DAYS / days / headcount
    return known(value, numerator=found["leavers"], denominator=headcount, rows=found["rows"])
