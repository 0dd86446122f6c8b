"""The forms are sound as data, and say what may leave a centre."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from suqiu.assessment import templates
from suqiu.assessment.centre import expiry, load
from suqiu.assessment.faults import MEANINGS, FormFault
from suqiu.assessment.forms import (
    BUSINESS,
    FORMS,
    REFERRED,
    Kind,
    comparable,
    evidence_schema,
    evidence_tables,
)
from suqiu.domain.errors import Conflict

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "forms.md"


def test_every_form_has_a_key_both_titles_and_columns_whose_headers_differ() -> None:
    assert len(FORMS) > 40
    titles = {comparable(word) for form in FORMS.values() for word in (form.name, form.title.zh)}
    assert len(titles) == 2 * len(FORMS)
    for form in FORMS.values():
        assert form.key, form.name
        assert form.about.zh
        assert form.about.en
        headers = [word for column in form.columns for word in (column.name, column.title.zh)]
        assert len({comparable(header) for header in headers}) == len(headers), form.name
        assert len(form.fits([column.title.zh for column in form.columns])) == len(form.columns)
        assert len(form.fits([column.name.upper() for column in form.columns])) == len(form.columns)


def test_no_text_leaves_a_centre_and_what_is_derived_from_it_does() -> None:
    for form in FORMS.values():
        texts = {column.name for column in form.columns if column.kind is Kind.TEXT}
        assert not texts & set(form.schema.names)
        assert {column.name for column in form.derived} <= set(form.schema.names)
    assert evidence_schema("eval_speech").names == ["sample_id", "condition", "length", "errors"]


def test_required_columns_are_never_null_and_numbers_leave_as_text() -> None:
    schema = evidence_schema("suggestions")
    assert not schema.field("shown_at").nullable
    assert schema.field("shown_at").type == pa.timestamp("s")
    assert schema.field("order_id").type == pa.string()
    assert schema.field("order_id").nullable


def test_references_refer_to_what_can_be_handed_in() -> None:
    referred = {column.form for form in FORMS.values() for column in form.columns if column.form}
    assert referred <= set(REFERRED)


def test_business_data_leaves_without_what_people_wrote() -> None:
    assert set(evidence_tables()) == {*BUSINESS, *FORMS}
    names = {name for schema in BUSINESS.values() for name in schema.names}
    assert not names & {"text", "title", "reply", "address", "actor", "reason", "caller_id", "lon", "lat"}


def test_a_header_is_known_without_its_brackets_spaces_and_width() -> None:
    form = FORMS["drift"]
    assert form.fits(["月 份", "ＭＯＮＴＨ", "正确数（件）", "备注"]) == {"月 份": "month", "正确数（件）": "right"}


def test_every_fault_says_what_is_wrong_and_how_to_mend_it() -> None:
    assert set(MEANINGS) == set(FormFault)


def test_the_reference_names_every_form_and_column() -> None:
    page = REFERENCE.read_text("utf-8")
    for name, form in FORMS.items():
        assert f"## {name} {form.title.zh}" in page
        for column in (*form.columns, *form.derived):
            assert f"| `{column.name}` | {column.title.zh} |" in page


@pytest.mark.parametrize(
    ("collected", "months", "last"),
    [
        (date(2026, 6, 30), 12, date(2027, 6, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_evidence_is_in_date_for_so_many_months(collected: date, months: int, last: date) -> None:
    assert expiry(months, collected) == last


def test_an_empty_centre_s_folder_can_be_loaded_and_has_a_workbook_for_each_form(tmp_path: Path) -> None:
    written = templates.write(tmp_path)
    centre = load(tmp_path)
    filled_in = {name for name, form in FORMS.items() if not form.made and name != "answers"}
    assert {item.name for item in centre.items} == filled_in
    assert len(written) == len(filled_in) + 2
    book = openpyxl.load_workbook(tmp_path / "forms" / "智能建议日志.xlsx")
    assert [cell.value for cell in book["填报"][1]] == [column.title.zh for column in FORMS["suggestions"].columns]


def test_templates_are_the_same_bytes_each_time_and_never_overwrite(tmp_path: Path) -> None:
    one, other = templates.write(tmp_path / "a"), templates.write(tmp_path / "b")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    one[5].write_text("mine", "utf-8")
    one[0].unlink()
    with pytest.raises(Conflict):
        templates.write(tmp_path / "a")
    assert one[5].read_text("utf-8") == "mine"
    assert not one[0].exists()
