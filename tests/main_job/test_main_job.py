"""One run after another in one folder: what is done again, what is not, and what a failure leaves behind."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from suqiu.app import Suqiu
from suqiu.config import Settings
from suqiu.domain.errors import InvalidInput, NotFound
from tests.main_job.making import PACK, house, prints, small_export, small_run
from tests.simulate.reading import sheet

ALL = ["导入", "学习历史工单", "读懂工单", "抽取要素、评判答复", "推算时限", "发现重复诉求和事件", "计算指标", "写报告"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_export(tmp_path_factory)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_run(tmp_path_factory)


@pytest.fixture
def result(done: Path, tmp_path: Path) -> Path:
    """Return a finished run of one's own, to go on with."""
    return Path(shutil.copytree(done, tmp_path / "result"))


@pytest.fixture
def changing(export: Path, tmp_path: Path) -> Path:
    """Return the export in a folder of one's own, to change."""
    return Path(shutil.copytree(export, tmp_path / export.name))


def drop_last_row(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_a_run_leaves_everything_that_is_promised(done: Path) -> None:
    files = {"facts.json", "job.json", "rejected.csv", "report.docx", "report.html", "run.json"}
    assert {path.name for path in done.iterdir() if path.is_file()} == files
    tables = {"orders", "steps", "calls", "call_backs", "faults", "claims", "readings", "timelines", "repeats",
              "events", "event_orders", "daily"}  # fmt: skip
    assert tables <= {path.stem for path in (done / "lake").glob("*.parquet")}
    run = json.loads((done / "run.json").read_text("utf-8"))
    assert {"suqiu", "code", "libraries", "city", "source", "period", "settings", "tables", "stages"} <= run.keys()
    assert run["period"] == ["2026-01-01", "2026-06-30"]
    assert not [path for path in done.rglob("*") if path.name.endswith(".part")]


def test_nothing_left_behind_names_a_path_but_what_was_asked(done: Path, export: Path) -> None:
    told = [path for path in done.rglob("*") if path.is_file() and str(export).encode() in path.read_bytes()]
    assert told == [done / "job.json"]


def test_an_unchanged_run_does_no_work_and_changes_no_file(export: Path, result: Path) -> None:
    before, seen = prints(result), list[str]()
    house(seen=seen).run(str(export), "linjiang", result)
    assert seen == []
    assert prints(result) == before


def test_the_result_does_not_depend_on_threads_or_memory(export: Path, done: Path, tmp_path: Path) -> None:
    Suqiu(Settings(threads=1, memory_mb=512)).run(str(export), "linjiang", tmp_path / "result")
    assert prints(tmp_path / "result") == prints(done)


def test_another_period_measures_and_reports_anew_and_no_more(export: Path, result: Path) -> None:
    seen = list[str]()
    house(seen=seen).run(str(export), "linjiang", result, first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert seen == ["计算指标", "写报告"]
    assert json.loads((result / "run.json").read_text("utf-8"))["period"] == ["2026-03-01", "2026-03-31"]
    house().verify(result)


def test_another_language_only_writes_the_report_anew(result: Path, done: Path) -> None:
    seen = list[str]()
    house("en", seen).report(result)
    assert seen == ["写报告"]
    names = changed(prints(done), prints(result))
    assert {"report.docx", "report.html"} <= names <= {
        "report.docx", "report.html", "facts.json", "run.json", "lake/.stages/report.json"
    }  # fmt: skip
    text = (result / "report.html").read_text("utf-8")
    assert 'lang="en"' in text
    assert "Call answering" in text or "orders" in text
    house("en").verify(result)


def test_a_changed_table_does_again_only_what_reads_it(changing: Path, result: Path) -> None:
    before, seen = prints(result), list[str]()
    drop_last_row(changing / "calls.csv")
    house(seen=seen).run(str(changing), "linjiang", result)
    assert seen == ["导入", "计算指标", "写报告"]
    after = changed(before, prints(result))
    assert "lake/calls.parquet" in after
    assert not {"lake/orders.parquet", "lake/steps.parquet", "lake/readings.parquet", "lake/events.parquet"} & after


def test_a_changed_city_pack_does_everything_again_and_its_simulation_nothing(
    export: Path, result: Path, tmp_path: Path
) -> None:
    pack, seen = Path(shutil.copytree(PACK, tmp_path / "pack")), list[str]()
    (pack / "simulation" / "scenario.yaml").write_text("not read by the main job", "utf-8")
    house(seen=seen).run(str(export), str(pack), result)
    assert seen == []
    with (pack / "weights.yaml").open("a", encoding="utf-8") as file:
        file.write("# one comment more\n")
    house(seen=seen).run(str(export), str(pack), result)
    assert seen == ALL


def test_each_failing_stage_leaves_the_last_whole_state_and_the_next_run_goes_on_there(
    changing: Path, result: Path
) -> None:
    before = prints(result)
    drop_last_row(changing / "orders.csv")
    for stage in ALL:
        seen = list[str]()
        with pytest.raises(RuntimeError, match=stage):
            house(seen=seen, stop_at=stage).run(str(changing), "linjiang", result)
        assert seen == ALL[: ALL.index(stage)][-1:]  # what had failed the time before, and nothing else
        kept = changed(before, prints(result)) - {"job.json"}
        assert kept or stage == "导入"
        assert not {"report.docx", "report.html", "run.json"} & kept
        assert not [path for path in result.rglob("*") if path.name.endswith(".part")]
        assert not (result / "lake" / ".scratch").exists()
    house().run(str(changing), "linjiang", result)
    house().verify(result)
    assert {"report.docx", "report.html", "run.json"} <= changed(before, prints(result))


def few_orders(export: Path) -> list[dict[str, str]]:
    """Return some orders of the export with few columns."""
    names = ("工单编号", "受理时间", "诉求内容", "承办单位")
    return [{name: row[name] for name in names} for row in sheet(export / "orders.csv")[:200]]


def test_stages_go_on_after_the_export_is_gone(export: Path, tmp_path: Path) -> None:
    source, result, seen = tmp_path / "few.csv", tmp_path / "result", list[str]()
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["工单编号", "受理时间", "诉求内容", "承办单位"])
        writer.writeheader()
        writer.writerows(few_orders(export))
    house().intake(str(source), "linjiang", result)
    source.unlink()
    for stage in ("read", "sense", "measure", "report", "verify"):
        getattr(house(seen=seen), stage)(result)
    assert seen == ALL[1:]
    assert json.loads((result / "run.json").read_text("utf-8"))["source"]["fingerprint"]
    with pytest.raises(NotFound, match="no_such_file"):
        house().run(str(source), "linjiang", result)
    house().verify(result)


def test_a_database_is_read_anew_by_each_intake_but_left_alone_by_later_stages(export: Path, tmp_path: Path) -> None:
    path, seen = tmp_path / "hotline.db", list[str]()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table 工单 (工单编号 text, 受理时间 text, 诉求内容 text, 承办单位 text)")
        rows = [tuple(row.values()) for row in few_orders(export)]
        database.executemany("insert into 工单 values (?, ?, ?, ?)", rows)
    address = f"sqlite:///{path}"
    house().intake(address, "linjiang", tmp_path / "result")
    house(seen=seen).read(tmp_path / "result")
    assert seen == ["学习历史工单", "读懂工单", "抽取要素、评判答复", "推算时限"]
    house(seen=seen).intake(address, "linjiang", tmp_path / "result")
    assert seen[-1] == "导入"


def test_a_refused_source_or_city_makes_no_folder_and_changes_none(result: Path, tmp_path: Path) -> None:
    before = prints(result)
    refused = [(tmp_path / "missing.csv", "linjiang"), (PACK / "mapping.yaml", "linjiang"), (PACK, "nowhere")]
    for source, city in refused:
        for out in (tmp_path / "new", result):
            with pytest.raises((NotFound, InvalidInput)):
                house().run(str(source), city, out)
    assert not (tmp_path / "new").exists()
    assert prints(result) == before


def test_an_empty_period_is_refused_before_the_long_stages(export: Path, result: Path, tmp_path: Path) -> None:
    seen, before = list[str](), prints(result)
    with pytest.raises(InvalidInput, match="reversed_period"):
        house(seen=seen).run(str(export), "linjiang", tmp_path / "new", first=date(2026, 5, 2), last=date(2026, 5, 1))
    assert not (tmp_path / "new").exists()
    with pytest.raises(InvalidInput, match="empty_period"):
        house(seen=seen).run(str(export), "linjiang", tmp_path / "new", first=date(2027, 1, 1))
    assert seen == ["导入"]
    with pytest.raises(InvalidInput, match="empty_period"):
        house(seen=seen).measure(result, last=date(2025, 1, 1))
    assert prints(result) == before


def test_rows_that_are_all_bad_are_refused_with_the_reasons_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("工单编号,受理时间,诉求内容\n1,昨天,路灯不亮\n2,明天,路面坑洼\n", "utf-8")
    with pytest.raises(InvalidInput, match="nothing_accepted"):
        house().run(str(tmp_path / "few.csv"), "linjiang", tmp_path / "result")
    assert (tmp_path / "result" / "rejected.csv").read_text("utf-8-sig").count("bad_time") == 2
