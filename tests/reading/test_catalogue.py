"""A city without history is read by its duty catalogue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from suqiu.domain.city import Taxonomy
from suqiu.domain.claim import Aspect, Basis
from suqiu.reading import learn
from suqiu.reading.catalogue import Catalogue
from tests.reading.factories import LEAVES, city, history, in_batches, orders, quietly, texts, without


def test_words_of_a_duty_lead_to_its_category_and_department() -> None:
    reader = learn(in_batches(orders([])), city(), progress=quietly)
    claims, readings = reader.read(texts("电梯停运半个月没有人检修", "出租车绕路多收我钱"))
    assert readings.column("category").to_pylist() == ["01.01.02", "03.01.02"]
    assert readings.column("category_basis").to_pylist() == [Basis.CATALOGUE.value] * 2
    assert readings.column("department").to_pylist() == ["D01", "D03"]
    assert set(claims.column("confidence").to_pylist()) == {None}
    department = [row for row in claims.to_pylist() if row["aspect"] == Aspect.DEPARTMENT.value]
    assert [row["reason"] for row in department] == ["Z010102", "Z030102"]


def test_where_the_district_leads_the_place_decides() -> None:
    reader = learn(in_batches(orders([])), city(), progress=quietly)
    _, readings = reader.read(
        texts("听涛苑门口小贩占道摆摊", "钟楼街道小贩占道摆摊堵住人行道", "小贩占道摆摊堵住人行道")
    )
    assert readings.column("department").to_pylist() == ["Q02", "Q01", None]


def test_words_that_fit_nothing_fill_nothing() -> None:
    reader = learn(in_batches(orders([])), city(), progress=quietly)
    _, readings = reader.read(texts("你好", "", "zzz"))
    assert readings.column("category").to_pylist() == [None] * 3
    assert readings.column("department").to_pylist() == [None] * 3


def test_a_recorded_category_names_the_department_whatever_the_text_says() -> None:
    reader = learn(in_batches(orders([])), city(), progress=quietly)
    _, readings = reader.read(orders([{"text": "电梯停运没人检修", "category": "02.02.01"}]))
    assert readings.column("category_basis").to_pylist() == [Basis.RECORDED.value]
    assert readings.column("department").to_pylist() == ["U02"]


def test_most_spoken_demands_find_their_category_without_history() -> None:
    catalogue = Catalogue(city())
    said = [(leaf[0], phrase) for leaf in LEAVES for phrase in leaf[4]]
    matched = catalogue.match(pa.array([phrase for _, phrase in said]))
    truth = np.array([catalogue.labels.index(leaf) for leaf, _ in said])
    assert (matched.categories[-1] == truth).mean() >= 0.8
    assert (matched.categories[-1] == truth)[matched.clear[-1]].mean() >= 0.9


def test_a_category_without_a_duty_is_still_found_by_its_name() -> None:
    reader = learn(in_batches(orders([])), city(duties=False), progress=quietly)
    claims, readings = reader.read(texts("路灯照明不亮"))
    assert readings.column("category").to_pylist() == ["02.02.01"]
    assert readings.column("department").to_pylist() == [None]
    assert Aspect.DEPARTMENT.value not in claims.column("aspect").to_pylist()


def test_a_city_without_categories_reads_nothing_into_a_text() -> None:
    empty = replace(city(duties=False), taxonomy=Taxonomy((), "example"))
    _, readings = learn(in_batches(orders([])), empty, progress=quietly).read(texts("路灯不亮"))
    assert readings.column("category").to_pylist() == [None]


def test_too_little_history_or_a_single_label_leaves_reading_to_the_catalogue() -> None:
    few = history(100)
    reader = learn(in_batches(few), city(), progress=quietly)
    assert reader.report()["aspects"]["category"]["basis"] == "catalogue"  # type: ignore[index]
    same = orders(
        [{"text": f"路灯不亮{n}", "type": "complaint", "category": "02.02.01", "department": "U02"} for n in range(300)]
    )
    reader = learn(in_batches(same), city(), progress=quietly)
    claims, _ = reader.read(without(same, "type", "category", "department"))
    assert Basis.MODEL.value not in claims.column("basis").to_pylist()


def test_one_aspect_may_be_learned_and_another_left_to_the_catalogue() -> None:
    known = without(history(600), "department")
    reader = learn(in_batches(known), city(), progress=quietly)
    claims, readings = reader.read(without(known.slice(0, 50), "category"))
    bases = {(row["aspect"], row["basis"]) for row in claims.to_pylist()}
    assert {("category", "model"), ("department", "catalogue")} <= bases
    assert readings.column("department").null_count < 10


def test_what_everybody_says_on_the_telephone_draws_nobody_to_the_duty_that_happens_to_say_it() -> None:
    plain = city()
    attracting = replace(plain.duties[0], examples=("您好打扰了麻烦帮忙登记一下前天中午",))
    chatty = replace(plain, duties=(attracting, *plain.duties[1:]))
    said = "您好打扰了，麻烦帮忙登记一下，前天中午路灯不亮"
    spoken = orders([{"text": f"您好打扰了，麻烦帮忙登记一下，前天中午{n}点，别的事情"} for n in range(600)])
    _, unheard = learn(in_batches(orders([])), chatty, progress=quietly).read(texts(said))
    _, heard = learn(in_batches(spoken), chatty, progress=quietly).read(texts(said))
    assert unheard.column("category").to_pylist() != ["02.02.01"]
    assert heard.column("category").to_pylist() == ["02.02.01"]
