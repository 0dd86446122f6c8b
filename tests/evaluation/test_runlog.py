from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.evaluation.measures import Kind
from suqiu.evaluation.runlog import read_run_log, run_log, write_run_log
from suqiu.evaluation.scorecard import score

from .factories import a_header, a_run, a_small_run


def test_a_run_that_was_kept_scores_the_same_again(tmp_path: Path) -> None:
    log = a_run(60, at=pa.array(range(60), pa.timestamp("s")), group=[f"组{n // 2}" for n in range(60)])
    write_run_log(tmp_path / "run.parquet", log)
    again = read_run_log(tmp_path / "run.parquet")
    assert (again.header, again.fingerprint) == (log.header, log.fingerprint)
    assert again.samples.equals(log.samples)
    assert score(again, rounds=50).to_dict() == score(log, rounds=50).to_dict()
    write_run_log(tmp_path / "again.parquet", again)
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "run.parquet").read_bytes()


def test_a_header_of_every_kind_is_kept(tmp_path: Path) -> None:
    log = a_small_run([("1", "是", ["否"], [0.6])], kind=Kind.VERDICT, positive="是", learned_from="最早八成")
    write_run_log(tmp_path / "run.parquet", log)
    assert read_run_log(tmp_path / "run.parquet").header == log.header


def test_a_record_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    pq.write_table(a_run(3).samples.replace_schema_metadata({"suqiu.runlog": '{"version": 99}'}), path)
    with pytest.raises(InvalidInput, match="another version") as refusal:
        read_run_log(path)
    assert refusal.value.code == "evaluation.run_log_version"


@pytest.mark.parametrize("stated", [None, "{", '{"version": 1}'])
def test_another_file_is_refused(stated: str | None, tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    pq.write_table(a_run(3).samples.replace_schema_metadata(stated and {"suqiu.runlog": stated}), path)
    with pytest.raises(InvalidInput, match="bad_run_log"):
        read_run_log(path)


def test_no_file_and_no_table_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no_run_log"):
        read_run_log(tmp_path / "run.parquet")
    (tmp_path / "run.parquet").write_text("工单编号,处置单位\n")
    with pytest.raises(InvalidInput, match="bad_run_log"):
        read_run_log(tmp_path / "run.parquet")


PIECE = {"start": 2, "end": 2, "kind": "路"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"sample": ["1", "1"]}, "stand twice"),
        ({"labels": [["甲"], ["甲", "乙"]]}, "different length"),
        ({"labels": [["甲", "甲"], ["甲"]], "confidences": [[0.5, 0.4], [0.2]]}, "one answer twice"),
        ({"labels": [["甲", "乙"], ["甲"]], "confidences": [[0.4, 0.5], [0.2]]}, "later answer is surer"),
        ({"confidences": [[1.5], [0.2]]}, "outside 0 to 1"),
        ({"confidences": [[float("nan")], [0.2]]}, "outside 0 to 1"),
        ({"labels": [[None], ["甲"]]}, "null inside"),
        ({"true_spans": [[], None]}, "another kind"),
        ({"found_spans": [[PIECE], None]}, "an end is not after its start"),
    ],
)
def test_samples_that_cannot_be_scored_are_refused(columns: dict[str, Any], said: str) -> None:
    good = {"sample": ["1", "2"], "truth": ["甲", "乙"], "labels": [["甲"], ["甲"]], "confidences": [[0.9], [0.2]]}
    run_log(a_header(), **good)
    with pytest.raises(InvalidInput, match=said):
        run_log(a_header(), **{**good, **columns})


@pytest.mark.parametrize(
    ("header", "said"),
    [({"kind": Kind.TREE}, "levels"), ({"kind": Kind.VERDICT}, "positive"), ({"kind": Kind.SPANS}, "of spans")],
)
def test_a_header_that_does_not_fit_its_kind_is_refused(header: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        a_small_run([("1", "甲", ["甲"], [0.9])], **header)


def test_a_column_that_no_record_has_is_refused() -> None:
    with pytest.raises(KeyError, match="colour"):
        run_log(a_header(), sample=["1"], colour=["red"])


def test_variants_stand_in_their_order_and_another_is_not_found() -> None:
    log = run_log(a_header(), sample=["1", "1"], variant=["带提示", "不带提示"])
    assert log.variants == ("带提示", "不带提示")
    assert len(log.of("不带提示")) == 1
    with pytest.raises(NotFound, match="there are: 带提示"):
        log.of("全文")
