"""The reader learns from history, knows how sure it is, and keeps the record above its own opinion."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.domain.claim import Aspect, Basis
from suqiu.domain.errors import Conflict, NotFound
from suqiu.domain.order import Urgency
from suqiu.domain.tables import CLAIMS, READINGS
from suqiu.reading import Reader, learn, load_reader
from tests.reading.factories import city, history, in_batches, orders, quietly, texts, without

LABELS = ("type", "category", "department")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return learn(in_batches(history(1_500)), city(), progress=quietly)


def _scores(reader: Reader, aspect: str) -> dict[tuple[str, int], dict[str, Any]]:
    report: dict[str, Any] = reader.report()
    return {(score["name"], score["level"]): score for score in report["aspects"][aspect]["scores"]}


def test_learned_labels_beat_chance_hugely_on_orders_not_seen(reader: Reader) -> None:
    new = history(400, seed=99)
    _, readings = reader.read(without(new, *LABELS))
    for aspect, least in (("type", 0.95), ("category", 0.95), ("department", 0.9)):
        same = pc.mean(pc.equal(readings.column(aspect), new.column(aspect))).as_py()
        assert same is not None
        assert same >= least, aspect


def test_the_report_gives_every_score_with_count_and_interval(reader: Reader) -> None:
    category = _scores(reader, "category")
    assert {level for name, level in category if name == "accuracy"} == {1, 2, 3}
    top_1, top_3 = _scores(reader, "department")["accuracy", 1], _scores(reader, "department")["top_3", 1]
    assert top_1["right"] <= top_3["right"] <= top_3["tried"] == 300
    for score in category.values():
        lower, upper = score["interval"]
        assert lower <= score["right"] / score["tried"] <= upper


def test_the_newest_fifth_is_judged_and_not_learned_from(reader: Reader) -> None:
    report: dict[str, Any] = reader.report()
    assert report["aspects"]["category"]["labelled"] == 1_500
    assert report["aspects"]["category"]["learned_from"] == 1_200


def test_hints_do_not_reach_the_models(reader: Reader) -> None:
    plain, hinted = (
        "小贩占道摆摊堵住人行道。",
        "小贩占道摆摊堵住人行道。请公交集团核实处理。（请职能局联系市民，响应处置）",
    )
    claims, _ = reader.read(orders([{"order_id": "A", "text": plain}, {"order_id": "B", "text": hinted}]))
    rows = claims.drop_columns(["order_id"])
    half = len(rows) // 2
    assert rows.slice(0, half).equals(rows.slice(half))


def test_the_record_always_wins(reader: Reader) -> None:
    recorded: dict[str, object] = {"type": "praise", "category": "03.01.02", "department": "U02", "district": "02"}
    claims, readings = reader.read(orders([{"text": "电梯坏了半个月没人修，我要投诉"} | recorded]))
    row = readings.to_pylist()[0]
    assert {name: row[name] for name in recorded} == recorded
    assert {row["type_basis"], row["category_basis"], row["department_basis"], row["place_basis"]} == {"recorded"}
    assert (row["category_1"], row["category_2"]) == ("03", "03.01")
    opinion = {claim["aspect"]: claim["value"] for claim in claims.to_pylist() if claim["rank"] == 1}
    assert opinion["category"] == "01.01.02"


def test_a_category_recorded_high_up_has_no_lower_ancestors(reader: Reader) -> None:
    _, readings = reader.read(orders([{"category": "03"}, {"category": "03.01"}, {"category": "03.01.01"}]))
    assert readings.column("category_1").to_pylist() == ["03", "03", "03"]
    assert readings.column("category_2").to_pylist() == [None, "03.01", "03.01"]


def test_claims_come_in_order_with_three_departments_and_their_duties(reader: Reader) -> None:
    claims, _ = reader.read(texts("电梯坏了半个月没人修，我要投诉", "路灯不亮晚上看不见，我有个建议"))
    rows = claims.to_pylist()
    keys = [(row["order_id"], row["aspect"], row["rank"]) for row in rows]
    assert keys == sorted(keys)
    departments = [row for row in rows if row["aspect"] == Aspect.DEPARTMENT.value]
    assert [row["rank"] for row in departments] == [1, 2, 3, 1, 2, 3]
    assert [(row["value"], row["reason"]) for row in departments if row["rank"] == 1] == [
        ("D01", "Z010102"),
        ("U02", "Z020201"),
    ]
    for row in departments:
        assert 0 <= row["confidence"] <= 1


def test_where_the_district_leads_its_government_is_justified_by_the_duty(reader: Reader) -> None:
    claims, readings = reader.read(
        orders([{"text": "住在桥头街道，小贩占道摆摊堵住人行道，已经3天", "district": "02"}])
    )
    first = next(row for row in claims.to_pylist() if row["aspect"] == "department" and row["rank"] == 1)
    assert (first["value"], first["reason"]) == ("Q02", "Z020101")
    assert readings.column("department").to_pylist() == ["Q02"]


def test_unsure_claims_stay_claims_and_fill_nothing() -> None:
    noisy = history(1_500, wrong_share=0.6)
    reader = learn(in_batches(noisy), city(accept_share=0.95), progress=quietly)
    claims, readings = reader.read(without(noisy.slice(0, 300), *LABELS))
    claimed = [row for row in claims.to_pylist() if row["aspect"] == "department" and row["rank"] == 1]
    assert len(claimed) == 300
    assert readings.column("department").null_count >= 290
    assert readings.column("category").null_count == 0
    report: dict[str, Any] = reader.report()
    assert report["aspects"]["department"]["abstained_share"][0] >= 0.95


def test_what_is_filled_in_is_right_as_often_as_the_city_asks() -> None:
    noisy = history(3_000, wrong_share=0.3)
    reader = learn(in_batches(noisy), city(accept_share=0.7), progress=quietly)
    accepted = _scores(reader, "department")["accepted_accuracy", 1]
    assert accepted["tried"] > 0
    assert accepted["interval"][1] >= 0.7


def test_a_child_is_never_claimed_without_its_parent_being_as_sure(reader: Reader) -> None:
    _, readings = reader.read(without(history(300, seed=3), *LABELS))
    for row in readings.to_pylist():
        if row["category"] is not None:
            assert row["category"].startswith(row["category_1"])
            assert row["category_2"] is None or row["category"].startswith(row["category_2"])


def test_urgency_is_raised_by_a_cue_and_never_lowered(reader: Reader) -> None:
    batch = orders(
        [
            {"text": "隔壁着火了"},
            {"text": "隔壁着火了", "urgency": "urgent"},
            {"text": "路灯不亮", "urgency": "emergency"},
            {"text": "停水两天", "urgency": "emergency"},
            {"text": "停水两天", "urgency": "urgent"},
            {"text": "路灯不亮"},
        ]
    )
    claims, readings = reader.read(batch)
    assert readings.column("urgency").to_pylist() == [
        *["emergency"] * 4,
        Urgency.URGENT.value,
        Urgency.NORMAL.value,
    ]
    assert readings.column("urgency_basis").to_pylist() == ["rule", "rule", *["recorded"] * 3, "rule"]
    assert readings.column("urgency_reason").to_pylist() == ["fire", "fire", None, None, "outage", None]
    heard = [row["order_id"] for row in claims.to_pylist() if row["aspect"] == "urgency"]
    assert heard == ["A000000", "A000001", "A000003", "A000004"]


def test_a_place_from_the_text_is_claimed_by_rule_with_the_name_that_decided(reader: Reader) -> None:
    claims, readings = reader.read(texts("听涛苑的路灯不亮"))
    places = {row["aspect"]: (row["value"], row["reason"]) for row in claims.to_pylist() if row["basis"] == "rule"}
    assert places == {
        "district": ("02", "听涛苑"),
        "street": ("02.01", "听涛苑"),
        "community": ("02.01.001", "听涛苑"),
    }
    assert readings.column("place_basis").to_pylist() == [Basis.RULE.value]


def test_saved_and_loaded_it_claims_the_same(reader: Reader, tmp_path: Path) -> None:
    reader.save(tmp_path / "one")
    loaded = load_reader(tmp_path / "one", city())
    batch = without(history(200, seed=8), *LABELS)
    assert all(a.equals(b) for a, b in zip(reader.read(batch), loaded.read(batch), strict=True))
    assert loaded.version == reader.version
    assert loaded.report() == reader.report()


def test_the_same_history_gives_the_same_bytes_however_it_is_batched(tmp_path: Path) -> None:
    known = history(600)
    for name, size in (("one", 600), ("two", 77)):
        learn(in_batches(known, size), city(), progress=quietly).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["reader.json", "weights.npz"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_reader_of_another_city_pack_is_refused(reader: Reader, tmp_path: Path) -> None:
    reader.save(tmp_path)
    with pytest.raises(Conflict, match="other_city_pack"):
        load_reader(tmp_path, replace(city(), version="other"))
    with pytest.raises(NotFound, match="no_reader"):
        load_reader(tmp_path / "nowhere", city())


def test_what_was_heard_without_labels_is_saved_too(tmp_path: Path) -> None:
    spoken = without(history(700), *LABELS)
    reader = learn(in_batches(spoken), city(), progress=quietly)
    reader.save(tmp_path)
    loaded = load_reader(tmp_path, city())
    assert loaded.version == reader.version
    assert loaded.version != learn(in_batches(orders([])), city(), progress=quietly).version
    assert loaded.read(spoken)[1].equals(reader.read(spoken)[1])


def test_a_reader_that_learned_nothing_can_be_saved_too(tmp_path: Path) -> None:
    learn(in_batches(orders([])), city(), progress=quietly).save(tmp_path)
    _, readings = load_reader(tmp_path, city()).read(texts("电梯停运没有人检修"))
    assert readings.column("category").to_pylist() == ["01.01.02"]


def test_odd_texts_are_read_like_any_other(reader: Reader) -> None:
    odd = ["", "🔥🔥🔥", "灯" * 10_000, "\n\t \x00", "ＡＢＣ１２３", "。" * 50, "(((请", "🀄路灯不亮\u200b"]
    claims, readings = reader.read(texts(*odd))
    assert claims.schema.equals(CLAIMS)
    assert readings.schema.equals(READINGS)
    assert readings.column("urgency").null_count == 0
    assert len(readings) == len(odd)


def test_an_empty_batch_gives_empty_tables(reader: Reader) -> None:
    claims, readings = reader.read(orders([]))
    assert (len(claims), len(readings)) == (0, 0)
    assert (claims.schema, readings.schema) == (CLAIMS, READINGS)


def test_columns_that_are_null_throughout_are_no_obstacle(reader: Reader) -> None:
    _, readings = reader.read(orders([{"title": "路灯不亮晚上看不见", "text": ""}] * 3))
    assert readings.column("category").to_pylist() == ["02.02.01"] * 3
    assert readings.column("caller_id").null_count == 3


def test_labels_that_the_city_does_not_have_are_not_learned() -> None:
    rows = history(600).to_pylist()
    strange = [
        row | {"category": "99.01", "order_id": f"Z{n}", "accepted_at": datetime(2027, 1, 1)}
        for n, row in enumerate(rows)
    ]
    reader = learn(in_batches(orders(rows + strange)), city(), progress=quietly)
    report: dict[str, Any] = reader.report()
    assert report["aspects"]["category"]["labelled"] == 600


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 199), st.integers(1, 60))
def test_an_order_is_read_the_same_in_any_batch(reader: Reader, first: int, size: int) -> None:
    batch = without(history(200, seed=8), *LABELS)
    whole = reader.read(batch)[1]
    part = reader.read(batch.slice(first, size))[1]
    assert part.equals(whole.slice(first, size))


def test_a_slice_of_a_table_is_read_like_a_batch_of_its_own(reader: Reader) -> None:
    table = pa.Table.from_batches([history(50, seed=4)])
    slices = [reader.read(batch)[1] for batch in table.slice(10, 20).to_batches()]
    assert len(slices[0]) == 20
