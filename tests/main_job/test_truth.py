"""What the main job finds in a simulated half-year, held against what was planted there."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from suqiu import intake
from tests.main_job.leftovers import surviving, texts, trigrams
from tests.main_job.making import ORDERS, house, once
from tests.simulate.reading import sheet, true_orders

pytestmark = pytest.mark.slow

Row = dict[str, Any]
#: Which column of the table ORDERS holds which column of the export.
COLUMNS = {"工单标题": "title", "诉求内容": "text", "事发地址": "address", "答复内容": "reply"}


@dataclass(frozen=True)
class HalfYear:
    """A simulated export with its truth, and what the main job made of it."""

    export: Path
    result: Path

    def truth(self, name: str) -> list[Row]:
        return list(pq.read_table(self.export / "truth" / f"{name}.parquet").to_pylist())

    def found(self, name: str) -> list[Row]:
        return list(pq.read_table(self.result / "lake" / f"{name}.parquet").to_pylist())

    @cached_property
    def planted(self) -> dict[tuple[str, str], list[Row]]:
        """Planted personal data by order and column."""
        spans: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.truth("personal_data"):
            spans[row["order_id"], row["column"]].append(row)
        return spans


@pytest.fixture(scope="module")
def halfyear(tmp_path_factory: pytest.TempPathFactory) -> HalfYear:
    def make(folder: Path) -> None:
        house().simulate("linjiang", folder / "export", months=6, orders=ORDERS, seed=7)
        house().run(str(folder / "export"), "linjiang", folder / "result")

    folder = once(tmp_path_factory, "halfyear", make)
    return HalfYear(folder / "export", folder / "result")


def test_every_true_order_is_taken_in_once(halfyear: HalfYear) -> None:
    found = sorted(row["order_id"] for row in halfyear.found("orders"))
    assert found == sorted(row["order_id"] for row in halfyear.truth("orders"))
    assert len(found) == ORDERS


def test_exact_repeats_are_found_with_the_first_order_of_their_group(halfyear: HalfYear) -> None:
    planted = {(r["order_id"], r["repeat_of"]) for r in halfyear.truth("orders") if r["repeat_kind"] == "exact"}
    found = {(r["order_id"], r["first_id"]) for r in halfyear.found("repeats") if r["kind"] == "exact"}
    assert len(planted) > 200
    assert len(planted & found) / len(found) >= 0.99
    assert len(planted & found) / len(planted) >= 0.99


def test_every_planted_event_of_twenty_or_more_orders_is_found_as_one(halfyear: HalfYear) -> None:
    event_of = {row["order_id"]: row["event_id"] for row in halfyear.found("event_orders")}
    members: dict[str, list[str | None]] = defaultdict(list)
    for row in halfyear.truth("orders"):
        if row["event"] is not None:
            members[row["event"]].append(event_of.get(row["order_id"]))
    large = {label: ids for label, ids in members.items() if len(ids) >= 20}
    assert len(large) >= 12
    found_as = {}
    for label, ids in large.items():
        (best, count), *_ = Counter(ids).most_common(1)
        assert best is not None, f"{label}: most of its orders are in no event"
        assert count > len(ids) / 2, f"{label}: {count} of {len(ids)}"
        found_as[label] = best
    assert len(set(found_as.values())) == len(found_as)  # no two planted events are taken for one


def test_every_planted_fault_is_told_with_its_row_and_nothing_else_is(halfyear: HalfYear) -> None:
    keys = ("file", "row", "code", "severity", "column")
    planted = {tuple(row[key] for key in keys) for row in halfyear.truth("bad_rows")}
    assert {tuple(row[key] for key in keys) for row in halfyear.found("faults")} == planted
    assert len(planted) >= 30


def test_rejected_rows_go_back_with_their_reason_and_mended_ones_go_on(halfyear: HalfYear) -> None:
    with (halfyear.result / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        returned = {(row["文件"], int(row["行号"])): row for row in csv.DictReader(file)}
    bad = halfyear.truth("bad_rows")
    assert returned.keys() == {(row["file"], row["row"]) for row in bad if row["severity"] == "reject"}
    for row in bad:
        if row["severity"] == "reject":
            assert row["code"] in returned[row["file"], row["row"]]["问题代码"]
            assert returned[row["file"], row["row"]]["处理办法"]
    kept = {row["order_id"] for row in halfyear.found("orders")}
    assert {row["order_id"] for row in bad if row["severity"] == "mend"} <= kept


def test_no_planted_personal_data_is_left_in_its_order(halfyear: HalfYear) -> None:
    orders = {row["order_id"]: row for row in halfyear.found("orders")}
    left = total = 0
    for (order_id, column), spans in halfyear.planted.items():
        for span in spans:
            total += 1
            left += span["string"] in (orders[order_id][COLUMNS[column]] or "")
    assert total > 2000
    assert left / total <= 0.01, f"{left} of {total} planted data survive"


def test_look_alikes_stay_as_they_are(halfyear: HalfYear) -> None:
    orders = {row["order_id"]: row for row in halfyear.found("orders")}
    decoys = halfyear.truth("decoys")
    kept = sum(row["string"] in orders[row["order_id"]][COLUMNS[row["column"]]] for row in decoys)
    assert len(decoys) > 500
    assert kept / len(decoys) >= 0.98


def masked(before: str, after: str) -> list[tuple[int, int]]:
    """Return which characters of the original are hidden in the result, found by what stands between the masks."""
    tokens = sorted({kind.token for kind in intake.Kind}, key=len)
    spans, place, rest = list[tuple[int, int]](), 0, after
    while rest:
        start = min((rest.find(token) for token in tokens if token in rest), default=-1)
        if start < 0:
            assert before[place:].endswith(rest) or before[place:] == rest
            break
        place += start
        token = next(token for token in tokens if rest.startswith(token, start))
        rest = rest[start + len(token) :]
        following = min((rest.find(other) for other in tokens if other in rest), default=len(rest))
        end = before.find(rest[:following], place + 1) if following else place + 1
        if following == len(rest):
            end = len(before) - len(rest)
        assert end > place, (before, after)
        spans.append((place, end))
        place = end
    return spans


def test_little_is_masked_that_was_not_planted(halfyear: HalfYear) -> None:
    originals = true_orders(halfyear.export)
    right = wrong = 0
    for row in halfyear.found("orders"):
        for column, name in COLUMNS.items():
            before, after = originals[row["order_id"]][column].strip(), row[name] or ""
            if before == after:
                continue
            planted = halfyear.planted.get((row["order_id"], column), [])
            for start, end in masked(before, after):
                hit = any(start < p["start"] + len(p["string"]) and p["start"] < end for p in planted)
                right, wrong = right + hit, wrong + (not hit)
    assert right > 2000
    assert right / (right + wrong) >= 0.98, f"{wrong} pieces masked that were not planted, {right} that were"


def test_no_number_plate_account_or_address_survives_in_any_file(halfyear: HalfYear) -> None:
    secrets = {row["string"] for row in halfyear.truth("personal_data") if row["kind"] != "name"}
    secrets |= {row["联系电话"] for row in sheet(halfyear.export / "orders.csv") if row["联系电话"]}
    assert len(secrets) > 8000
    left = {name: found for name, text in texts(halfyear.result) if (found := surviving(text, secrets))}
    assert not left


def test_no_full_name_of_a_caller_survives_in_any_file(halfyear: HalfYear) -> None:
    names = {row["来电人"] for row in sheet(halfyear.export / "orders.csv") if len(row["来电人"]) == 3}
    names |= {row["string"] for row in halfyear.truth("personal_data") if row["kind"] == "name"}
    wanted = {int(trigrams(name)[0]): name for name in names if len(name) == 3}
    keys = np.array(sorted(wanted))
    assert len(keys) > 3000
    left = {
        where: [wanted[key] for key in np.unique(found).tolist()]
        for where, text in texts(halfyear.result)
        if len(found := (grams := trigrams(text))[np.isin(grams, keys)])
    }
    assert not left
