"""Examples are made of columns: labels become paths, times order them, other labels may teach."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.reading.labelling.examples import examples_from, paths, prepared

CELLS = st.one_of(st.none(), st.sampled_from(["", " ", "甲", " 乙 ", "丙"]))


def text(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.string())


def test_levels_are_joined_from_the_top_and_end_at_an_empty_cell() -> None:
    middle = text("垃圾", " ", "垃圾", "垃圾", "公交")
    found = paths([text("城管", "城管", "", None, " 交通 "), middle, text("清运", "清运", "x", "x", None)])
    assert found.to_pylist() == ["城管›垃圾›清运", "城管", None, None, "交通›公交"]


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_a_path_is_its_cells_up_to_the_first_empty_one(rows: list[tuple[str | None, ...]]) -> None:
    found = paths([text(*column) for column in zip(*rows, strict=True)]).to_pylist()
    for row, path in zip(rows, found, strict=True):
        steps = [(cell or "").strip() for cell in row]
        wanted = steps[: steps.index("")] if "" in steps else steps
        assert path == ("›".join(wanted) or None)


def test_rows_without_text_or_label_are_left_out_and_the_rest_comes_in_time() -> None:
    made = examples_from(
        text("晚", "早", None, "  ", "无签", "不知何时"),
        [text("a", "b", "c", "d", "", "e")],
        times=text("2026-02-02", "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", None),
    )
    assert made.texts.to_pylist() == ["不知何时", "早", "晚"]
    assert made.labels.to_pylist() == ["e", "b", "a"]


def test_the_newest_fifth_judges_where_times_are_known() -> None:
    made = examples_from(text(*"abcdefghij"), [text(*"xyxyxyxyxy")], times=text(*"9876543210"))
    assert made.take(made.held_out()).texts.to_pylist() == ["b", "a"]


def test_without_times_equal_texts_stand_on_one_side() -> None:
    texts = [f"第{chr(0x4E00 + n // 2)}号路灯不亮" for n in range(100)]
    made = examples_from(text(*texts), [text(*(["a", "b"] * 50))])
    held = made.held_out()
    assert 10 <= held.sum() <= 30
    assert (held[::2] == held[1::2]).all()


def test_columns_that_look_like_labels_teach_and_no_others() -> None:
    rows = 60
    others = {
        "部门": text(*(["甲局", "乙局", "丙局"] * 20)),
        "编号": text(*map(str, range(rows))),
        "都一样": text(*(["一样"] * rows)),
        "多半空": text(*(["甲", "乙", *[""] * 4] * 10)),
        "件数": pa.array([1, 2] * 30),
    }
    made = examples_from(text(*(["路灯不亮"] * rows)), [text(*(["a", "b"] * 30))], others=others)
    assert list(made.teachers) == ["部门"]


def test_six_columns_teach_at_most() -> None:
    others = {f"列{number}": text(*(["甲", "乙"] * 30)) for number in range(9)}
    made = examples_from(text(*(["路灯不亮"] * 60)), [text(*(["a", "b"] * 30))], others=others)
    assert list(made.teachers) == [f"列{number}" for number in range(6)]


def test_hints_are_taken_out_unless_they_are_wanted() -> None:
    said = text("路灯不亮，请城管局核实处理。", None)
    assert prepared(said, keep_hints=False).to_pylist() == ["路灯不亮，", ""]
    assert prepared(said, keep_hints=True).to_pylist() == ["路灯不亮，请城管局核实处理。", ""]


@pytest.mark.parametrize("changed", ["texts", "labels", "times"])
def test_other_data_has_another_fingerprint(changed: str) -> None:
    columns = {"texts": text("a", "b"), "labels": text("x", "y"), "times": text("1", "2")}

    def print_() -> str:
        return examples_from(columns["texts"], [columns["labels"]], times=columns["times"]).fingerprint

    before = print_()
    assert before == print_()
    columns[changed] = text("1", "3") if changed == "times" else text("a", "z")
    assert print_() != before


def test_rows_may_be_chosen_by_number_or_by_flag() -> None:
    made = examples_from(text("a", "b", "c"), [text("x", "y", "z")], others={"t": text("1", "2", "1")})
    assert made.take(np.array([2, 0])).texts.to_pylist() == ["c", "a"]
    assert made.take(np.array([True, False, True])).labels.to_pylist() == ["x", "z"]
