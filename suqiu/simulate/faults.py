"""Bad rows: planted among the good ones, one kind for each thing that intake objects to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa

from suqiu.domain.fault import FaultCode

#: Stream of random numbers for the places of bad rows, beside the other streams of the plan.
_FAULTS = 6
#: Fewest bad rows of any run that is large enough to have some.
_LEAST = 20
#: Times of an order after its acceptance.
_LATER = ("首次派单时间", "签收时间", "首次联系时间", "反馈时间", "办结时间", "办理时限")
#: Cells that an older export of the same order has not yet.
_NEWER = (*_LATER, "受理渠道", "事发地址", "答复内容", "是否解决", "满意度")


class Harm(StrEnum):
    """What is done to a row 破坏方式."""

    NO_NUMBER = "no_number"
    NO_TEXT = "no_text"
    NO_TIME = "no_time"
    IMPOSSIBLE_TIME = "impossible_time"
    TIME_IN_WORDS = "time_in_words"
    REVERSED = "reversed"
    LONG_AGO = "long_ago"
    FAR_AHEAD = "far_ahead"
    SAME_ROW = "same_row"
    OLDER_ROW = "older_row"
    DAMAGED = "damaged"
    EXTRA_COMMA = "extra_comma"
    UNKNOWN_TYPE = "unknown_type"
    BAD_LONGITUDE = "bad_longitude"
    ORPHAN_STEP = "orphan_step"
    ORPHAN_CALL_BACK = "orphan_call_back"

    @property
    def elsewhere(self) -> bool:
        """Say whether it befalls another table than that of the orders."""
        return self in _ELSEWHERE


#: What each harm is called by intake, and the column at fault.
_CODES: dict[Harm, tuple[FaultCode, str]] = {
    Harm.NO_NUMBER: (FaultCode.MISSING_ORDER_ID, "工单编号"),
    Harm.NO_TEXT: (FaultCode.MISSING_TEXT, "诉求内容"),
    Harm.NO_TIME: (FaultCode.MISSING_TIME, "受理时间"),
    Harm.IMPOSSIBLE_TIME: (FaultCode.BAD_TIME, "受理时间"),
    Harm.TIME_IN_WORDS: (FaultCode.BAD_TIME, "受理时间"),
    Harm.REVERSED: (FaultCode.TIME_REVERSED, "办结时间"),
    Harm.LONG_AGO: (FaultCode.TIME_OUT_OF_RANGE, "受理时间"),
    Harm.FAR_AHEAD: (FaultCode.TIME_OUT_OF_RANGE, "受理时间"),
    Harm.SAME_ROW: (FaultCode.DUPLICATE_ORDER, "工单编号"),
    Harm.OLDER_ROW: (FaultCode.DUPLICATE_ORDER, "工单编号"),
    Harm.DAMAGED: (FaultCode.DAMAGED_ENCODING, "诉求内容"),
    Harm.EXTRA_COMMA: (FaultCode.WRONG_COLUMN_COUNT, ""),
    Harm.UNKNOWN_TYPE: (FaultCode.UNKNOWN_CODE, "诉求类型"),
    Harm.BAD_LONGITUDE: (FaultCode.BAD_NUMBER, "经度"),
    Harm.ORPHAN_STEP: (FaultCode.ORPHAN, "工单编号"),
    Harm.ORPHAN_CALL_BACK: (FaultCode.ORPHAN, "工单编号"),
}
_MENDED = frozenset({Harm.UNKNOWN_TYPE, Harm.BAD_LONGITUDE})
_ELSEWHERE = {Harm.ORPHAN_STEP: "steps", Harm.ORPHAN_CALL_BACK: "callbacks"}


@dataclass(frozen=True, slots=True)
class BadRow:
    """One planted fault.

    Attributes:
        table: `orders`, `steps` or `callbacks`.
        row: position of the row in the chunk's table.
        harm: what was done to it.
        order_id: its number, None where that is what is missing.
    """

    table: str
    row: int
    harm: Harm
    order_id: str | None

    @property
    def code(self) -> FaultCode:
        """Return what intake should call it."""
        return _CODES[self.harm][0]

    @property
    def column(self) -> str:
        """Return the column at fault, empty for the whole row."""
        return _CODES[self.harm][1]

    @property
    def severity(self) -> str:
        """Say whether the row is refused, or goes on without the cell."""
        return "mend" if self.harm in _MENDED else "reject"


def plan_faults(orders: int, share: float, seed: int, torn_lines: bool) -> dict[int, Harm]:
    """Say after which orders, by position in the whole run, a bad row is planted, and of which kind.

    Args:
        orders: size of the run; runs of fewer than 100 orders stay clean.
        share: of bad rows in large runs.
        seed: of the run.
        torn_lines: the format has lines that can have a comma too many.
    """
    if orders < 100:
        return {}
    rng = np.random.default_rng([seed, _FAULTS])
    count = min(max(_LEAST, round(orders * share)), orders // 3)
    harms = [harm for harm in Harm if torn_lines or harm is not Harm.EXTRA_COMMA]
    places = np.sort(rng.choice(orders, count, replace=False)).tolist()
    return {place: harms[n % len(harms)] for n, place in enumerate(places)}


class Harming:
    """Plants the bad rows of one chunk."""

    def __init__(self, first: int, harms: dict[int, Harm]) -> None:
        self._first = first
        self._harms = harms
        self.bad: list[BadRow] = []

    def orders(self, table: pa.Table) -> pa.Table:
        """Return the orders with bad rows among them; most are additional rows, so that no true order is lost."""
        pieces, done = [], 0
        added = 0
        for place in sorted(self._harms):
            harm, at = self._harms[place], place - self._first
            if harm.elsewhere:
                continue
            row = dict(table.slice(at, 1).to_pylist()[0])
            spoilt = _spoil(row, harm, place)
            keep = at if harm in _MENDED else at + 1
            pieces.append(table.slice(done, keep - done))
            pieces.append(_one(table.schema, spoilt))
            done = at + 1
            # Of two rows that are wholly alike the earlier one goes.
            row_at = at + added - (1 if harm is Harm.SAME_ROW else 0) + (0 if harm in _MENDED else 1)
            self.bad.append(BadRow("orders", row_at, harm, spoilt["工单编号"]))
            added += 0 if harm in _MENDED else 1
        return pa.concat_tables([*pieces, table.slice(done)])

    def others(self, name: str, table: pa.Table) -> pa.Table:
        """Return steps or call-backs with rows at their end that belong to no order."""
        rows = []
        for place in sorted(self._harms):
            harm = self._harms[place]
            if _ELSEWHERE.get(harm) == name and table.num_rows:
                orphan = dict(table.slice(place % table.num_rows, 1).to_pylist()[0])
                orphan["工单编号"] = f"{_letters(orphan['工单编号'])}00000000{place:09d}"
                rows.append(orphan)
                self.bad.append(BadRow(name, table.num_rows + len(rows) - 1, harm, orphan["工单编号"]))
        return pa.concat_tables([table, *(_one(table.schema, row) for row in rows)])


def torn(bad: Sequence[BadRow]) -> frozenset[int]:
    """Return the rows of a chunk's orders whose lines get a comma too many."""
    return frozenset(one.row for one in bad if one.harm is Harm.EXTRA_COMMA)


def at_row(bad: BadRow, offset: int) -> BadRow:
    """Return a bad row with its position in the whole file."""
    return replace(bad, row=bad.row + offset)


def _spoil(row: dict[str, str | None], harm: Harm, place: int) -> dict[str, str | None]:
    """Do harm to a copy of an order's row; copies of no true order get a number of their own."""
    new: dict[str, str | None] = dict(row)
    if harm in _CHANGES:
        _CHANGES[harm](new)
    if harm not in _MENDED and harm not in (Harm.SAME_ROW, Harm.OLDER_ROW, Harm.NO_NUMBER):
        new["工单编号"] = f"{_letters(row['工单编号'] or '')}99999999{place:09d}"
    return new


def _blank(row: dict[str, str | None], names: Sequence[str]) -> None:
    row.update(dict.fromkeys(names))


def _dated(row: dict[str, str | None], accepted: str | None) -> None:
    """Give a row another time of acceptance; the later times go, lest they contradict it too."""
    _blank(row, _LATER)
    row["受理时间"] = accepted


def _reversed(row: dict[str, str | None]) -> None:
    accepted = row["受理时间"] or ""
    _blank(row, _LATER)
    row["办结时间"] = f"{int(accepted[:4]) - 1}{accepted[4:].replace('-02-29', '-02-28')}"


def _damaged(row: dict[str, str | None]) -> None:
    text = row["诉求内容"] or ""
    row["诉求内容"] = text[: len(text) // 3] + "\ufffd\ufffd" + text[len(text) // 3 + 2 :]


def _year(row: dict[str, str | None], year: str) -> None:
    _dated(row, year + (row["受理时间"] or "")[4:].replace("-02-29", "-02-28"))


#: What is done to a row's cells.
_CHANGES: dict[Harm, Callable[[dict[str, str | None]], None]] = {
    Harm.NO_NUMBER: lambda row: _blank(row, ("工单编号",)),
    Harm.NO_TEXT: lambda row: _blank(row, ("工单标题", "诉求内容")),
    Harm.NO_TIME: lambda row: _dated(row, None),
    Harm.IMPOSSIBLE_TIME: lambda row: _dated(row, "2026-13-45"),
    Harm.TIME_IN_WORDS: lambda row: _dated(row, "昨天下午"),
    Harm.REVERSED: _reversed,
    Harm.LONG_AGO: lambda row: _year(row, "1026"),
    Harm.FAR_AHEAD: lambda row: _year(row, "2126"),
    Harm.OLDER_ROW: lambda row: _blank(row, _NEWER),
    Harm.DAMAGED: _damaged,
    Harm.UNKNOWN_TYPE: lambda row: row.update({"诉求类型": "网格上报"}),
    Harm.BAD_LONGITUDE: lambda row: row.update({"经度": "东经不详"}),
}


def _letters(number: str) -> str:
    return number.rstrip("0123456789")


def _one(schema: pa.Schema, row: dict[str, str | None]) -> pa.Table:
    return pa.table({name: pa.array([row[name]], pa.string()) for name in schema.names}, schema=schema)
