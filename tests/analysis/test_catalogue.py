from __future__ import annotations

from suqiu.analysis import MEASURES, catalogue, describe


def test_every_measure_and_every_derived_number_has_one_line_in_the_catalogue() -> None:
    ids = [entry.measure for entry in catalogue()]
    assert len(ids) == len(set(ids))
    assert {measure.id for measure in MEASURES} | {"S1", "V1_on_month", "V1_on_year", "V1_ratio"} == set(ids)


def test_the_catalogue_says_everything_in_both_languages() -> None:
    for entry in catalogue():
        for text in (entry.name, entry.population, entry.formula, entry.clock):
            assert text.zh
            assert text.en
            assert text.en.isascii() or {"÷", "×", "−"} & set(text.en), text.en
        assert entry.source


def test_the_page_has_a_row_of_eight_cells_for_each_measure() -> None:
    lines = describe().splitlines()
    assert len(lines) == 2 + len(catalogue())
    assert all(line.count("|") == 9 for line in lines)
