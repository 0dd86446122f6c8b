"""The search for personal data that other tests rest on does find what is there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.main_job.leftovers import surviving, texts, trigrams

SECRETS = ["13812345678", "苏A·1B345", "wang_88", "li.si@example.cn", "0789-2345678"]


def test_secrets_are_found_in_every_kind_of_file(tmp_path: Path) -> None:
    said = "打138 1234 5678或０７８９－２３４５６７８，车是苏A·1B345，微信wang_88，信箱li.si@example.cn。"
    pq.write_table(pa.table({"n": [1], "text": [said]}), tmp_path / "table.parquet")
    with zipfile.ZipFile(tmp_path / "report.docx", "w") as archive:
        archive.writestr("word/document.xml", f"<w:t>{said}</w:t>")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "rows.csv").write_text(f"1,{said}\n", "utf-8")
    found = {name: surviving(text, SECRETS) for name, text in texts(tmp_path)}
    assert found.keys() == {"table.parquet:text", "report.docx:word/document.xml", ".hidden/rows.csv"}
    assert all(secrets == set(SECRETS) for secrets in found.values())


def test_nothing_is_found_where_it_was_masked() -> None:
    assert not surviving("打[手机]，车是[车牌]，编号1381234567800", SECRETS)


def test_three_characters_in_a_row_have_one_number_wherever_they_stand() -> None:
    assert trigrams("欧阳明")[0] in trigrams("我叫欧阳明，住三楼")
    assert trigrams("欧阳明")[0] not in trigrams("欧阳先生明天来")
