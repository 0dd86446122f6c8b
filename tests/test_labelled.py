"""Train on a table, ask about another, judge against what people said: the files that come out, and what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suqiu import labelled, tuned
from suqiu.domain.errors import InvalidInput, NotFound, Unavailable
from suqiu.labelled import Columns, Made
from tests.reading.factories import city
from tests.reading.labelling.cases import MATTERS, calls

HEADINGS = ("工单编号", "受理时间", "内容", "大类", "小类", "部门")
CATEGORY = Columns(("内容",), ("小类",))


def silent(*_: object) -> None:
    """Nobody looks."""


def write(path: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return str(path)


def rows(count: int = 300, seed: int = 1) -> list[tuple[str, ...]]:
    made = calls(count, seed)
    ids = [f"GD{number:05d}" for number in range(count)]
    return list(zip(ids, made.times, made.texts, made.tops, made.seconds, made.departments, strict=True))


def make(source: str, out: Path, columns: Columns = CATEGORY, **more: Any) -> Made:
    given: dict[str, Any] = {
        "encoder": "off",
        "keep_hints": False,
        "wanted": 0.9,
        "city": None,
        "threads": 1,
        "progress": silent,
    }
    return labelled.make(source, "category", columns, out, **(given | more))


def predict(
    model: Path, source: str, out: Path, *, text: tuple[str, ...] = (), id_: str | None = None
) -> list[list[str]]:
    labelled.predict(model, source, out, text=text, id_=id_, threads=1, progress=silent)
    with (out / labelled.PREDICTIONS).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def accuracy(made: Made) -> float:
    figures = made.card.to_dict()["variants"][0]["figures"]
    return next(float(figure["value"]) for figure in figures if figure["measure"] == "accuracy")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(tmp_path_factory.mktemp("table") / "calls.csv", rows())


@pytest.fixture(scope="module")
def made(source: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(source, tmp_path_factory.mktemp("model"))


def test_a_model_comes_with_its_card_its_figures_and_what_it_said(made: Made) -> None:
    for name in (labelled.CARD, labelled.METRICS, labelled.HELD, "model.json", "weights.npz"):
        assert (made.folder / name).is_file()
    assert made.origin.time == "受理时间"
    assert (made.origin.examples, made.origin.held_out) == (300, 60)
    assert made.origin.first.startswith("2026-01-01")
    assert "大类" in made.origin.teachers
    assert "部门" in made.origin.teachers
    assert accuracy(made) > 0.8
    assert "--encoder off" in made.without_encoder.zh
    card = (made.folder / labelled.CARD).read_text("utf-8")
    assert made.version in card
    assert json.loads((made.folder / labelled.METRICS).read_text("utf-8")) == made.card.to_dict()


def test_predictions_have_the_asked_columns_in_the_order_of_the_table(made: Made, tmp_path: Path) -> None:
    asked = rows(40, seed=5)[::-1]
    found = predict(made.folder, write(tmp_path / "new.csv", asked), tmp_path / "out")
    assert found[0] == ["order_id", "label_1", "label_2", "label_3", "confidence"]
    assert [row[0] for row in found[1:]] == [row[0] for row in asked]
    known = {second for _, second, _, _ in MATTERS}
    for row in found[1:]:
        assert len(set(row[1:4])) == 3
        assert set(row[1:4]) <= known
        assert 0 <= float(row[4]) <= 1
    assert np.mean([row[1] == of[4] for row, of in zip(found[1:], asked, strict=True)]) > 0.8
    assert [path.name for path in (tmp_path / "out").iterdir()] == [labelled.PREDICTIONS]


def test_asking_needs_neither_labels_nor_numbers_and_takes_empty_texts(made: Made, tmp_path: Path) -> None:
    table = write(tmp_path / "new.csv", [["出租车拒载"], [" "], ['他说："停，\n别走"']], ["说了什么"])
    found = predict(made.folder, table, tmp_path / "out", text=("说了什么",))
    assert [row[0] for row in found[1:]] == ["1", "2", "3"]
    assert found[1][1] == "出租车"
    assert float(found[2][4]) < float(found[1][4])


def test_a_table_without_rows_gives_a_result_without_rows(made: Made, tmp_path: Path) -> None:
    assert len(predict(made.folder, write(tmp_path / "none.csv", []), tmp_path / "out")) == 1


def test_a_table_without_labels_is_nothing_to_judge_by(made: Made, tmp_path: Path) -> None:
    nothing = write(tmp_path / "none.csv", [])
    with pytest.raises(InvalidInput, match="nothing_to_judge"):
        labelled.evaluate(made.folder, nothing, columns=Columns(()), wanted=None, threads=1, progress=silent)


def test_a_label_with_two_levels_is_written_as_a_path(source: str, tmp_path: Path) -> None:
    two = make(source, tmp_path / "model", Columns(("内容",), ("大类", "小类")))
    found = predict(two.folder, source, tmp_path / "out")
    assert found[1][1] in {f"{top} / {second}" for top, second, _, _ in MATTERS}
    measures = {figure["measure"] for figure in two.card.to_dict()["variants"][0]["figures"]}
    assert "accuracy" in measures


def test_labels_fewer_than_three_leave_cells_empty(tmp_path: Path) -> None:
    some = [(*row[:4], row[3], row[5]) for row in rows() if row[3] != "住房"]
    table = write(tmp_path / "t.csv", some)
    found = predict(make(table, tmp_path / "m").folder, table, tmp_path / "out")
    assert {row[3] for row in found[1:]} == {""}


def test_a_model_is_judged_on_a_table_with_and_without_hints(made: Made, tmp_path: Path) -> None:
    asked = [(*row[:2], f"{row[2]}，请{row[5]}核实处理。", *row[3:]) for row in rows(80, seed=9)]
    asked[0] = (*asked[0][:4], "", asked[0][5])
    asked[1] = (*asked[1][:4], "没见过的", asked[1][5])
    log, card = labelled.evaluate(
        made.folder, write(tmp_path / "t.csv", asked), columns=Columns(()), wanted=None, threads=1, progress=silent
    )
    assert [variant["variant"] for variant in card.to_dict()["variants"]] == ["hint-free", "as written"]
    assert len(log.samples) == 160
    page = labelled.write_run(tmp_path / "run", log, card, "zh")
    assert page.read_text("utf-8").startswith("<!")
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"index.html", "run.parquet", "scorecard.json"}


def test_hints_that_give_the_label_away_flatter_only_who_keeps_them(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    bureaus = [f"{name}局" for name in ("城管", "教育", "住建", "民政")]
    table = []
    for number in range(240):
        bureau = bureaus[draw.integers(4)]
        said = calls(1, number).texts[0]
        table.append((f"{number}", calls(240).times[number], f"{said}，请{bureau}核实处理。", "", "", bureau))
    source = write(tmp_path / "hints.csv", table)
    columns = Columns(("内容",), ("部门",))
    honest = make(source, tmp_path / "honest", columns)
    flattered = make(source, tmp_path / "flattered", columns, keep_hints=True)
    assert accuracy(flattered) > 0.95
    assert accuracy(honest) < 0.5
    assert "虚高" in (tmp_path / "flattered" / labelled.CARD).read_text("utf-8")
    assert "已去除" in (tmp_path / "honest" / labelled.CARD).read_text("utf-8")


def test_missing_columns_are_named(source: str, made: Made, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        make(source, tmp_path, Columns(("诉求",), ("小类",)))
    assert raised.value.code == "columns.missing"
    assert "诉求" in raised.value.message.zh
    with pytest.raises(InvalidInput):
        predict(made.folder, write(tmp_path / "t.csv", [["x"]], ["别的"]), tmp_path / "out")
    with pytest.raises(InvalidInput):
        labelled.evaluate(made.folder, source, columns=Columns((), ("没有",)), wanted=None, threads=1, progress=silent)


@pytest.mark.parametrize("kept", [0, 20])
def test_too_few_rows_are_refused(kept: int, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        make(write(tmp_path / "t.csv", rows()[:kept]), tmp_path / "m")
    assert raised.value.code == "reading.too_few_examples"


def test_a_column_of_empty_labels_is_refused(tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv", [(*row[:4], " ", row[5]) for row in rows()])
    with pytest.raises(InvalidInput) as raised:
        make(table, tmp_path / "m")
    assert raised.value.code == "reading.too_few_examples"
    assert "--label" in raised.value.hint.zh


def test_a_folder_without_a_model_is_refused(source: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        predict(tmp_path, source, tmp_path / "out")


def test_an_encoder_that_is_not_installed_is_used_only_where_nobody_insists(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuned, "learner", lambda **_: None)
    with pytest.raises(Unavailable) as raised:
        make(source, tmp_path, encoder="on")
    assert raised.value.code == "models.no_tuning"
    assert "make encoder" in make(source, tmp_path, encoder="auto").without_encoder.zh


def test_a_city_says_how_many_labels_it_knows(source: str, tmp_path: Path) -> None:
    known = make(source, tmp_path, city=city()).known_labels
    assert known is not None
    assert "5" in known.zh
