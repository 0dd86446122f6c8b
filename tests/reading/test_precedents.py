"""Past orders that are alike are found, vote for departments, and vote against those that sent them back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from suqiu.domain.errors import Conflict, NotFound
from suqiu.reading.features import Vocabulary, counted, learn_vocabulary
from suqiu.reading.precedents import Outcomes, Precedents, chosen, load, save
from suqiu.reading.tree import NONE

#: What was said, who handled it, who had sent it back.
PAST: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("梅园路的路灯不亮了，晚上看不见", "U02", ()),
    ("海棠街路灯一闪一闪", "U02", ("D01",)),
    ("小区里的路灯坏了没人修", "D01", ()),
    ("出租车拒载还骂人", "D03", ()),
    ("出租车绕路多收钱", "D03", ("Q01",)),
    ("垃圾堆了三天没人清运", "Q01", ()),
    ("楼上漏水墙皮发霉", None, ()),
)
SAID = [said for said, _, _ in PAST]


def outcomes(past: tuple[tuple[str, str | None, tuple[str, ...]], ...] = PAST, prefix: str = "A") -> Outcomes:
    start = datetime(2026, 1, 1)
    return Outcomes(
        pa.array([f"{prefix}{n}" for n in range(len(past))]),
        pa.array([handled for _, handled, _ in past], pa.string()),
        pa.array(["02.02.01", *[None] * (len(past) - 1)][: len(past)], pa.string()),
        pa.array([start + timedelta(days=n) for n in range(len(past))], pa.timestamp("s")),
        pa.array([list(back) for _, _, back in past], pa.list_(pa.string())),
    )


def vocabulary() -> Vocabulary:
    return learn_vocabulary(counted(pa.array(SAID)), at_most=10_000, at_least_in=1)


def precedents() -> Precedents:
    return Precedents(outcomes(), vocabulary().vectors(pa.array(SAID)))


def vectors(*said: str) -> object:
    return vocabulary().vectors(pa.array(said, pa.string()))


def test_the_most_alike_orders_come_first_and_an_order_is_most_like_itself() -> None:
    alike = precedents().alike(vectors(*SAID), 3)
    assert alike.numbers[:, 0].tolist() == list(range(len(PAST)))
    assert np.allclose(alike.cosines[:, 0], 1, atol=1e-5)
    assert (np.diff(alike.cosines, axis=1) <= 0).all()


def test_the_search_agrees_with_comparing_everything_with_everything() -> None:
    draw = np.random.default_rng(7)
    signs = list("路灯不亮停水物业垃圾清运出租车绕路漏水电梯")
    said = ["".join(draw.choice(signs, 14)) for _ in range(400)]
    known = learn_vocabulary(counted(pa.array(said)), at_most=5_000, at_least_in=1)
    rows = known.vectors(pa.array(said))
    past = tuple((text, "D01", ()) for text in said)
    alike = Precedents(outcomes(past), rows).alike(rows[:80], 5)
    exact = np.sort((rows[:80] @ rows.T).toarray(), axis=1)[:, ::-1][:, :5]
    assert (alike.cosines >= exact - 1e-5).mean() > 0.95


def test_nothing_in_common_finds_nothing() -> None:
    alike = precedents().alike(vectors("zzz", ""), 2)
    assert alike.numbers.tolist() == [[NONE, NONE]] * 2
    votes = precedents().votes(alike)
    assert votes.cases.tolist() == [0, 0]
    assert votes.shares.sum() == 0


def test_precedents_vote_for_who_handled_them_and_against_who_sent_them_back() -> None:
    known = precedents()
    votes = known.votes(known.alike(vectors("海棠街路灯不亮"), 3))
    share = dict(zip(votes.departments, votes.shares[0].tolist(), strict=True))
    against = dict(zip(votes.departments, votes.against[0].tolist(), strict=True))
    assert max(share, key=lambda id_: share[id_]) == "U02"
    assert share["D01"] < 0.05
    assert against["D01"] > 0
    assert sum(share.values()) == pytest.approx(1)


def test_without_weight_a_return_counts_nothing() -> None:
    known = precedents()
    alike = known.alike(vectors("小区路灯一闪一闪坏了"), 3)
    at = known.departments.index("D01")
    assert known.votes(alike, bounce_weight=0).shares[0, at] > known.votes(alike).shares[0, at]


def test_a_decided_dispute_becomes_a_precedent_and_replaces_what_was_known() -> None:
    known = precedents()
    decided = Outcomes(
        pa.array(["A2", "B1"]), pa.array(["U02", "D03"]), pa.nulls(2, pa.string()),
        pa.array([datetime(2026, 2, 1)] * 2, pa.timestamp("s")), pa.array([["D01"], []], pa.list_(pa.string())),
    )  # fmt: skip
    more = known.add(decided, vectors("小区里的路灯坏了没人修", "网约车乱收费"))
    assert len(more) == len(known) + 1
    votes = more.votes(more.alike(vectors("小区里的路灯坏了没人修"), 1))
    assert dict(zip(votes.departments, votes.shares[0].tolist(), strict=True))["U02"] == 1
    assert len(known) == len(PAST)


@pytest.mark.parametrize("kind", [np.float32, np.int8])
def test_dense_vectors_are_searched_through_the_same_door(kind: type) -> None:
    draw = np.random.default_rng(3)
    points = draw.standard_normal((len(PAST), 32)).astype(np.float32)
    if kind is np.int8:
        points = np.round(points / np.abs(points).max() * 127).astype(np.int8)
    alike = Precedents(outcomes(), points).alike(points, 10)
    assert alike.numbers[:, 0].tolist() == list(range(len(PAST)))
    assert np.allclose(alike.cosines[:, 0], 1, atol=1e-3)
    assert (alike.numbers[:, len(PAST) :] == NONE).all()


@pytest.mark.parametrize("dense", [False, True])
def test_saved_precedents_come_back_the_same(tmp_path: Path, dense: bool) -> None:
    rows = vectors(*SAID)
    known = Precedents(outcomes(), rows.toarray() if dense else rows)  # type: ignore[attr-defined]
    save(known, tmp_path)
    again = load(tmp_path)
    for old, new in zip(known.outcomes.columns(), again.outcomes.columns(), strict=True):
        assert old.to_pylist() == new.to_pylist()
    first, second = known.alike(known.vectors, 3), again.alike(known.vectors, 3)
    assert (first.numbers == second.numbers).all()
    before = (tmp_path / "precedents.npz").read_bytes()
    save(again, tmp_path)
    assert (tmp_path / "precedents.npz").read_bytes() == before


def test_a_folder_without_precedents_or_of_another_version_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load(tmp_path)
    (tmp_path / "precedents.json").write_text('{"format": 0}', "utf-8")
    with pytest.raises(Conflict):
        load(tmp_path)


def test_outcomes_and_vectors_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="7 outcomes for 1 vectors"):
        Precedents(outcomes(), vectors("路灯"))


def test_no_department_crowds_out_another_and_the_newest_and_returned_stay() -> None:
    departments = pa.array(["D01"] * 8 + ["D02"] * 2 + [None])
    moments = pa.array([datetime(2026, 1, 1) + timedelta(days=n) for n in range(11)], pa.timestamp("s"))
    returned = np.zeros(11, dtype=np.bool_)
    returned[0] = True
    assert chosen(departments, moments, returned, 5).tolist() == [0, 6, 7, 8, 9]
    assert chosen(departments, moments, returned, 100).tolist() == list(range(10))
    assert chosen(departments.slice(0, 0), moments.slice(0, 0), returned[:0], 5).tolist() == []
