"""The analysis desk, as people see it."""

from __future__ import annotations

import csv
import html
import io
from dataclasses import replace

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client

from suqiu.domain.errors import InvalidInput
from suqiu.domain.evidence import Fact
from suqiu.domain.text import Text
from suqiu.reporting.numbers import Aspect, show
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import Role
from suqiu.web.accounts.scope import Scope
from suqiu.web.audit.models import Entry
from suqiu.web.desks.analysis import files, starting
from suqiu.web.desks.analysis.answering import Answer, Line, answer
from suqiu.web.desks.analysis.asking import FILTERS, Question, charts_of, cuts_of, measures_for
from suqiu.web.results.cut import Cut
from suqiu.web.results.models import Making, SavedView
from suqiu.web.results.questions import BY_ID
from suqiu.web.results.store import Result
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db
_JANUARY = "first=2026-01-01&last=2026-01-31"


def page(client: Client, user: User, path: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return html.unescape(response.content.decode())


def ask(result: Result, query: str, scope: Cut | None = None) -> Question:
    return Question.read(QueryDict(query), result, scope or Cut())


def test_numbers_formula_and_sql_are_those_of_the_facts(
    client: Client, analysed: Result, told: dict[str, Fact]
) -> None:
    days = f"first={analysed.first}&last={analysed.last}"
    shown = page(client, made.user("analyst"), f"/analysis/?measure=C16&by=district&{days}")
    own = [fact for fact in told.values() if fact.measure == "C16" and fact.slice.dimension == "district"]
    assert own
    for fact in own:
        assert show(fact, Aspect.VALUE, "zh") in shown
        assert show(fact, Aspect.INTERVAL, "zh") in shown
    assert own[0].query in shown
    assert BY_ID["C16"].formula_text.zh in shown


def test_every_measure_answers(analysed: Result) -> None:
    cuts: set[str] = set()
    for n, measure in enumerate([*BY_ID, "S1"]):
        by = sorted(cuts_of(measure))[n % len(cuts_of(measure))]
        cuts.add(by)
        found = answer(analysed, Cut(), ask(analysed, f"measure={measure}&by={by}&{_JANUARY}"))
        assert found.whole is not None or found.lines
        assert all(line.fact.slice.dimension == by for line in found.lines)
    assert cuts >= {"", "month", "district", "department"}


@pytest.mark.parametrize("measure", ["V2", "V3", "A19"])
def test_a_mix_is_always_cut(analysed: Result, measure: str) -> None:
    found = answer(analysed, Cut(), ask(analysed, f"measure={measure}"))
    assert found.whole is None
    assert sum(line.fact.value or 0 for line in found.lines) == pytest.approx(1)


def test_each_chart_draws_what_the_table_says(analysed: Result) -> None:
    days = f"first={analysed.first}&last={analysed.last}"
    bars = answer(analysed, Cut(), ask(analysed, f"measure=C3&by=district&{days}"))
    assert bars.chart is not None
    assert bars.chart["values"] == [pytest.approx((line.fact.value or 0) * 100, abs=0.01) for line in bars.lines[:24]]
    heat = answer(analysed, Cut(), ask(analysed, f"measure=V1&by=district&chart=heat&{days}"))
    assert heat.months == ["2026-01", "2026-02"]
    for first, row in heat.grid:
        assert sum(fact.value or 0 for fact in row if fact) == first.value
    box = answer(analysed, Cut(), ask(analysed, f"measure=C8&by=type&chart=box&{days}"))
    assert box.chart is not None
    assert all(list(points) == sorted(points) for points in box.chart["boxes"])
    line = answer(analysed, Cut(), ask(analysed, f"measure=V1&by=month&compare=previous&{days}"))
    assert line.chart is not None
    assert line.chart["x"] == ["2026年1月", "2026年2月"]
    assert line.lacking, "two months before the data cannot be compared with"


def test_a_period_is_compared_with_the_one_before_it(analysed: Result) -> None:
    question = ask(analysed, "measure=V1&by=district&compare=previous&first=2026-02-01&last=2026-02-10")
    found = answer(analysed, Cut(), question)
    before = answer(analysed, Cut(), ask(analysed, "measure=V1&by=district&first=2026-01-22&last=2026-01-31"))
    assert {line.fact.slice.key: line.before.value for line in found.lines if line.before} == {
        line.fact.slice.key: line.fact.value for line in before.lines
        if line.fact.slice.key in {one.fact.slice.key for one in found.lines}
    }  # fmt: skip


def test_slices_with_few_orders_stand_apart(analysed: Result) -> None:
    found = answer(
        analysed, Cut(), ask(analysed, f"measure=C16&by=department&first={analysed.first}&last={analysed.last}")
    )
    small = [(line.fact.denominator or 0) < 30 for line in found.lines]
    assert small == sorted(small), "they come last"


@pytest.mark.parametrize(
    "query",
    ["measure=X9", "by=caller", "region=99", "category=99.99", "unit=D999", "type=nonsense", "first=yesterday",
     "first=2026-02-02&last=2026-02-01", "chart=pie", "compare=always", "channel='; drop table orders; --"],
)  # fmt: skip
def test_what_does_not_exist_is_refused_with_the_way_out(client: Client, analysed: Result, query: str) -> None:
    page(client, made.user("analyst"), f"/analysis/?{query}", 422)


def test_a_scope_offers_and_answers_nothing_beyond_it(client: Client, analysed: Result) -> None:
    somebody = made.user("analyst", regions=("03",))
    shown = page(client, somebody, "/analysis/?measure=V1&by=district")
    assert f">{site().city.region_by_id['04'].name}<" not in shown
    page(client, somebody, "/analysis/?measure=V1&region=04", 422)
    assert "A1" not in measures_for(Cut.of(Scope(regions=("03",))))
    page(client, somebody, "/analysis/?measure=A1", 422)
    page(client, somebody, "/analysis/series/?dimension=district&key=04", 422)
    assert "您的数据范围有限" in page(client, somebody, "/analysis/reports/")
    page(client, somebody, "/analysis/reports/current/docx/", 404)


def test_a_table_goes_out_as_a_file_and_on_record(client: Client, analysed: Result) -> None:
    analyst = made.user("analyst")
    client.force_login(analyst)
    query = f"measure=V1&by=district&{_JANUARY}"
    lines = list(csv.reader(io.StringIO(client.get(f"/analysis/download/csv/?{query}").content.decode("utf-8-sig"))))
    found = answer(analysed, Cut(), ask(analysed, query))
    assert found.whole is not None
    assert [line[4] for line in lines[1:]] == [
        str(line.fact.value) for line in (found.whole, *found.lines)
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/analysis/download/xlsx/?{query}").content))
    assert book.active is not None
    assert book.active.cell(2, 5).value == found.whole.fact.value
    assert book.active.cell(2, 5).data_type == "n"
    entries = Entry.objects.filter(deed="analysis.export")
    assert [entry.detail["form"] for entry in entries] == ["csv", "xlsx"]
    assert all(entry.actor == f"user:{analyst.number}" for entry in entries)
    assert client.get(f"/analysis/download/pdf/?{query}").status_code == 422


def test_no_name_is_a_formula_to_a_spreadsheet(analysed: Result) -> None:
    found = answer(analysed, Cut(), ask(analysed, "measure=V1"))
    assert found.whole is not None
    evil = replace(found.whole.fact, name=Text("=HYPERLINK(1)", "=1"))
    rows = files.table(Answer(Line(evil, None, None, False), []))
    assert b"'=HYPERLINK" in files.written(rows, "csv")
    book = openpyxl.load_workbook(io.BytesIO(files.written(rows, "xlsx")))
    assert book.active is not None
    assert book.active.cell(2, 1).data_type == "s"


def test_a_question_is_kept_shared_by_link_and_deleted(client: Client, analysed: Result) -> None:
    mine, other = made.user("analyst"), made.user("leader")
    client.force_login(mine)
    query = {"measure": "C16", "by": "district", "first": "2026-01-01", "last": "2026-01-31", "name": "解决率<b>"}
    client.post("/analysis/views/", query)
    kept = SavedView.objects.get()
    assert "解决率&lt;b&gt;" in client.get("/analysis/").content.decode()
    assert client.get(f"/analysis/views/{kept.code}/").headers["Location"].startswith("/analysis/?measure=C16")
    client.force_login(other)
    assert client.get(f"/analysis/views/{kept.code}/").status_code == 404
    client.post(f"/analysis/views/{kept.code}/delete/")
    SavedView.objects.update(shared=True)
    assert client.get(f"/analysis/views/{kept.code}/").status_code == 302
    client.force_login(mine)
    client.post(f"/analysis/views/{kept.code}/delete/")
    assert not SavedView.objects.exists()


def test_a_kept_question_may_always_ask_for_the_latest(client: Client, analysed: Result) -> None:
    client.force_login(made.user("analyst"))
    client.post("/analysis/views/", {"measure": "V1", "name": "每日", "moving": "1", "last": "2026-02-01"})
    assert "last" not in SavedView.objects.get().query
    assert client.post("/analysis/views/", {"measure": "V1", "name": " "}).status_code == 422
    assert client.post("/analysis/views/", {"measure": "no", "name": "x"}).status_code == 422


def test_a_slice_leads_to_its_orders_within_the_filters(client: Client, analysed: Result) -> None:
    shown = page(client, made.user("analyst"), f"/analysis/?measure=V1&by=category_1&region=01&{_JANUARY}")
    assert "/orders/?place=01&since=2026-01-01&until=2026-01-31&category=05" in shown


def test_every_ready_question_can_be_asked(analysed: Result) -> None:
    assert all(len(starting.READY[role]) == 3 for role in (Role.LEADER, Role.ANALYST))
    for some in starting.READY.values():
        for _, query in some:
            found = answer(analysed, Cut(), ask(analysed, query))
            assert found.whole is not None


def test_a_series_shows_what_was_usual(client: Client, analysed: Result) -> None:
    shown = page(client, made.user("analyst"), "/analysis/series/?dimension=category_1&key=05&days=30")
    assert site().city.taxonomy.by_id["05"].name in shown
    assert str(analysed.last) in shown
    page(client, made.user("analyst"), "/analysis/series/?dimension=category_1&key=zz", 422)


def test_a_report_is_asked_for_verified_and_handed_over_on_record(client: Client, analysed: Result) -> None:
    client.force_login(made.user("analyst"))
    client.post("/analysis/reports/make/", {"first": "2026-01-01", "last": "2026-01-31"})
    assert Making.objects.get().state == "waiting"
    assert "等待开始" in client.get("/analysis/reports/").content.decode()
    again = client.post("/analysis/reports/make/", {"first": "2026-01-01", "last": "2026-01-31"})
    assert again.status_code == 409
    assert "每个数字都有事实依据" in client.post("/analysis/reports/current/verify/").content.decode()
    word = client.get("/analysis/reports/current/docx/")
    assert word.content.startswith(b"PK")
    assert word.headers["Content-Disposition"].startswith("attachment")
    assert set(Entry.objects.values_list("deed", flat=True)) >= {"report.make", "report.verify", "report.download"}


def test_who_may_not_make_reports_may_read_them(client: Client, analysed: Result) -> None:
    leader = made.user("leader")
    assert "生成报告" not in page(client, leader, "/analysis/reports/")
    assert client.post("/analysis/reports/make/", {}).status_code == 403
    assert client.post("/analysis/refresh/ask/").status_code == 403


def test_a_refresh_is_asked_for_and_its_progress_shown(client: Client) -> None:
    client.force_login(made.user("analyst"))
    client.post("/analysis/refresh/ask/")
    Making.objects.update(state="running", stage_zh="读懂工单", stage_en="reading", share=0.4)
    shown = client.get("/analysis/refresh/progress/")
    assert "读懂工单" in shown.content.decode()
    assert 'value="40"' in shown.content.decode()
    assert "HX-Refresh" not in shown.headers
    Making.objects.update(state="done", ended_at=site().now())
    assert client.get("/analysis/refresh/progress/").headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("path", ["/analysis/", "/analysis/series/", "/analysis/reports/", "/analysis/refresh/"])
def test_without_an_analysis_the_desk_says_how_to_get_one(client: Client, path: str) -> None:
    assert "还没有分析结果" in page(client, made.user("analyst"), path)


def test_who_has_no_analysis_desk_is_refused(client: Client) -> None:
    page(client, made.user("agent"), "/analysis/", 403)


def test_filters_name_what_they_limit() -> None:
    assert set(FILTERS.values()) == {"category", "region", "department", "type", "channel"}
    assert charts_of("C16", "") == []
    with pytest.raises(InvalidInput):
        files.written([], "ods")
