"""The analysis refreshed and reports made in the background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from suqiu.domain.text import Text
from suqiu.web.jobs.models import Job
from suqiu.web.results import making, refreshing, reports, store
from suqiu.web.results.models import Making
from suqiu.web.results.store import Result
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def _result_stays() -> Iterator[None]:
    before = site().about
    yield
    site().save(before)


def test_the_same_is_not_made_twice_at_once() -> None:
    by = made.user("analyst")
    one = refreshing.ask(by)
    assert Job.objects.filter(name="results.refresh", key=one.code).count() == 1
    with pytest.raises(Conflict):
        refreshing.ask(by)
    Making.objects.update(state="done")
    assert refreshing.ask(by).code != one.code


def test_a_refusal_is_shown_as_the_reason(analysed: Result) -> None:
    one = refreshing.ask(made.user("analyst"))

    def refuse(_: Making, tell: making.Tell) -> making.Done:
        tell(Text("导出工单", "exporting orders"), 0.5)
        raise Unavailable("test.full", Text("磁盘已满", "the disk is full"), Text("请清理", "clear it"))

    write = making.carry_out(one.code, refuse)
    assert making.state_of(Making.objects.get()).stage.zh == "导出工单"
    assert write is not None
    write()
    standing = making.newest("refresh")
    assert standing is not None
    assert not standing.open
    assert standing.problem == Text("磁盘已满", "the disk is full")
    assert store.current() is analysed, "pages go on with what they have"


def test_work_that_its_worker_gave_up_is_shown_as_failed_and_may_be_asked_for_again() -> None:
    by = made.user("analyst")
    refreshing.ask(by)
    Job.objects.update(state="dead")
    standing = making.newest("refresh")
    assert standing is not None
    assert not standing.open
    assert standing.problem is not None
    refreshing.ask(by)


def test_finished_work_is_not_done_again(analysed: Result) -> None:
    one = refreshing.ask(None)
    Making.objects.update(state="done")
    assert refreshing.refresh(one.code) is None


@pytest.mark.usefixtures("_result_stays")
def test_a_refresh_turns_all_pages_to_the_orders_of_now(analysed: Result) -> None:
    for n in range(12):
        made.accepted(title=f"路灯不亮{n}", place=("01.01", "03.02")[n % 2])
    one = refreshing.ask(made.user("analyst"))
    write = refreshing.refresh(one.code)
    assert write is not None
    write()
    now = store.current()
    assert now.folder == refreshing.home(one.code)
    assert now.version != analysed.version
    assert now.as_of.date() == site().now().date()
    assert not (now.folder / "export").exists()
    assert Making.objects.get().state == "done"


def test_only_the_newest_earlier_results_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    names = [f"2026010{n}-000000-abcdef" for n in range(1, 8)]
    for name in [*names, "mine"]:
        (tmp_path / name).mkdir()
    refreshing.clear_old(tmp_path / names[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == [names[0], *names[4:], "mine"]


def test_a_site_refreshes_itself_once_a_night_but_a_demo_never() -> None:
    here = site()
    before = here.about
    to_three = ((3 - here.now().hour) % 24) / 24
    with made.days_later(to_three):
        refreshing.nightly()
        assert not Making.objects.exists()
        here.save(replace(here.about, demo=False))
        refreshing.nightly()
        refreshing.nightly()
        assert Making.objects.count() == 1
        Making.objects.all().delete()
    here.save(replace(before, demo=False))
    try:
        if here.now().hour not in range(2, 5):
            refreshing.nightly()
            assert not Making.objects.exists()
    finally:
        here.save(before)


def test_a_report_is_made_and_every_number_of_it_is_proved(analysed: Result) -> None:
    # The period of the run itself: its measures are there, so only the report is written.
    before = {path: path.stat().st_mtime_ns for path in analysed.folder.rglob("*") if path.is_file()}
    one = reports.ask(made.user("analyst"), analysed, analysed.first, analysed.last)
    write = reports.report(one.code)
    assert write is not None
    write()
    listed = [report.code for report in reports.finished(analysed)]
    assert listed == [reports.OWN, one.code]
    proved, said = reports.verify(one.code)
    assert proved, said
    assert {path: path.stat().st_mtime_ns for path in analysed.folder.rglob("*") if path.is_file()} == before
    facts = reports.file_of(one.code, "facts")
    facts.write_text(facts.read_text("utf-8").replace('"value": 1', '"value": 2'), "utf-8")
    proved, _ = reports.verify(one.code)
    assert not proved


def test_a_report_needs_a_period_within_the_data(analysed: Result) -> None:
    by = made.user("analyst")
    with pytest.raises(InvalidInput):
        reports.ask(by, analysed, analysed.last, analysed.first)
    with pytest.raises(InvalidInput):
        reports.ask(by, analysed, analysed.first, analysed.last.replace(year=analysed.last.year + 1))


@pytest.mark.parametrize("code", ["../..", "..", "20260101-000000-abcdef", "x" * 200])
def test_a_report_of_another_name_is_not_found(analysed: Result, code: str) -> None:
    with pytest.raises(NotFound):
        reports.file_of(code, "docx")
    with pytest.raises(NotFound):
        reports.verify(code)
