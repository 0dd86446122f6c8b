from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Language
from suqiu.reporting.compose import compose
from suqiu.reporting.document import Document
from suqiu.reporting.facts import read_facts, write_facts
from suqiu.reporting.render.docx import to_docx
from suqiu.reporting.render.html import to_html
from suqiu.reporting.render.numbering import chinese
from suqiu.reporting.render.svg import ceiling
from suqiu.reporting.render.verification import verify

from .factories import a_city, a_fact, a_share, a_slice, an_event, no_evidence, some_evidence, some_facts


def write(document: Document, folder: Path) -> tuple[Path, Path]:
    word, page = folder / "report.docx", folder / "report.html"
    word.write_bytes(to_docx(document))
    page.write_text(to_html(document), encoding="utf-8")
    return word, page


@pytest.fixture(scope="module")
def document() -> Document:
    return compose(some_evidence(a_city()), a_city())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("full", [True, False])
def test_every_number_of_both_files_is_a_facts(language: Language, full: bool, tmp_path: Path) -> None:
    report = compose(some_evidence(a_city()) if full else no_evidence(), a_city(), language)
    for path in write(report, tmp_path):
        assert verify(path, report.cited()) == []
    assert verify(report, report.cited()) == []


def test_a_number_that_was_typed_in_later_is_found(document: Document, tmp_path: Path) -> None:
    word, page = write(document, tmp_path)
    opened = docx.Document(str(word))
    opened.add_paragraph("另有88件未统计")
    opened.save(str(word))
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", "<p>另有88件</p></main>"), encoding="utf-8")
    for path in (word, page):
        assert [problem for problem in verify(path, document.cited()) if "88" in problem.zh]


def test_a_number_that_was_changed_later_is_found(document: Document, tmp_path: Path) -> None:
    word, page = write(document, tmp_path)
    with zipfile.ZipFile(word) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["word/document.xml"] = members["word/document.xml"].replace("50,321件".encode(), "60,321件".encode())
    with zipfile.ZipFile(word, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    page.write_text(page.read_text(encoding="utf-8").replace(">50,321件<", ">60,321件<"), encoding="utf-8")
    for path in (word, page):
        assert any("60,321件" in problem.zh and "V1@" in problem.zh for problem in verify(path, document.cited()))


def test_a_name_that_was_changed_later_is_found(document: Document, tmp_path: Path) -> None:
    _, page = write(document, tmp_path)
    page.write_text(
        page.read_text(encoding="utf-8").replace("15秒接通率</span>", "10秒接通率</span>"), encoding="utf-8"
    )
    assert any("10秒" in problem.zh for problem in verify(page, document.cited()))


def test_a_fact_that_is_gone_or_has_changed_is_found(document: Document, tmp_path: Path) -> None:
    facts = [fact for fact in document.cited() if fact.measure != "C16"]
    for path in write(document, tmp_path):
        assert any("C16@" in problem.en for problem in verify(path, facts))
    assert verify(document, facts)


def test_chart_values_in_word_are_facts_and_the_chart_can_be_edited(document: Document, tmp_path: Path) -> None:
    word, _ = write(document, tmp_path)
    with zipfile.ZipFile(word) as archive:
        names = archive.namelist()
        charts = [name for name in names if name.startswith("word/charts/chart")]
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("word/embeddings/chart1.xlsx"))).active
    assert charts == ["word/charts/chart1.xml", "word/charts/chart2.xml", "word/charts/chart3.xml"]
    assert [cell.value for cell in sheet["A"]][1:3] == ["2026年1月", "2026年2月"]
    assert [cell.value for cell in sheet["B"]][1:3] == [7800, 7937]
    without = [f for f in document.cited() if not (f.measure == "V1" and f.slice.dimension == "month")]
    assert any("7800" in problem.zh for problem in verify(word, without))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_equal_facts_give_equal_bytes(language: Language) -> None:
    once, again = (compose(some_evidence(a_city()), a_city(), language) for _ in range(2))
    assert to_docx(once) == to_docx(again)
    assert to_html(once) == to_html(again)


def test_the_word_file_is_laid_out_as_an_official_document(document: Document, tmp_path: Path) -> None:
    word, _ = write(document, tmp_path)
    opened = docx.Document(str(word))
    section = opened.sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height) if side] == [210, 297]
    body = opened.styles["Body Text"]
    assert (body.font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 28)
    assert 'w:eastAsia="仿宋_GB2312"' in body.element.xml
    assert 'w:firstLineChars="200"' in body.element.xml
    assert "PAGE" in section.footer._element.xml
    assert next(p.text for p in opened.paragraphs if p.style and p.style.name == "Heading 1") == "一、总体情况"
    for grid in opened.tables:
        assert "w:tblHeader" in grid.rows[0]._tr.xml
    assert opened.core_properties.created.date() == document.until


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    evil = '<script>alert(1)</script>=HYPERLINK("x")\x0b\x00 &amp;'
    city = a_city(3, name="=1+1", department_name="=cmd|'/c calc'!A{n}<b>")
    facts = some_facts(city) | {
        fact.fact_id: fact
        for fact in (
            a_fact("V1", 9, cut=a_slice("category_1", "x", evil)),
            a_share("C25", 5, 9, cut=a_slice("category_1", "x", evil)),
        )
    }
    evidence = some_evidence(city)
    evidence = type(evidence)(
        facts, evidence.period, evidence.data_version, events=(an_event(1, name=evil),), daily=evidence.daily
    )
    report = compose(evidence, city)
    word, page = write(report, tmp_path)
    assert verify(word, report.cited()) == []
    assert verify(page, report.cited()) == []
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "\x0b" not in html
    with zipfile.ZipFile(word) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.endswith(".xlsx")]
    for sheet in sheets:
        for row in openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_the_page_needs_no_network_and_no_script_and_links_each_number_to_its_origin(document: Document) -> None:
    page = to_html(document)
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert 'scope="col"' in page
    assert "<title>各月受理量（件）</title>" in page
    assert page.count('class="n"') == sum(1 for _ in document.numbers())
    for anchor in {part.split('"')[0] for part in page.split('class="n" href="#')[1:]}:
        assert f'id="{anchor}"' in page


def test_sixty_units_with_all_facts_are_written_quickly(tmp_path: Path) -> None:
    city, start = a_city(60), time.perf_counter()
    write(compose(some_evidence(city), city), tmp_path)
    assert time.perf_counter() - start < 10


def test_facts_are_read_as_they_were_written_in_any_order(tmp_path: Path) -> None:
    facts = list(some_facts(a_city()).values())
    write_facts(tmp_path / "a.json", facts)
    write_facts(tmp_path / "b.json", reversed(facts))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert read_facts(tmp_path / "a.json") == tuple(sorted(facts, key=lambda fact: fact.fact_id))
    assert "受理量" in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_files_that_are_no_facts_or_no_report_are_refused_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('[{"fact_id": 1}]', encoding="utf-8")
    (tmp_path / "bad.docx").write_text("no zip", encoding="utf-8")
    with pytest.raises(InvalidInput, match="bad_facts"):
        read_facts(tmp_path / "bad.json")
    with pytest.raises(NotFound):
        read_facts(tmp_path / "none.json")
    with pytest.raises(NotFound):
        verify(tmp_path / "none.html", [])
    with pytest.raises(InvalidInput, match="not_word"):
        verify(tmp_path / "bad.docx", [])


def test_long_fact_ids_fit_into_words_tags(tmp_path: Path) -> None:
    fact = a_fact("V1", 5, cut=a_slice("category_1", "x" * 90, "很长"))
    evidence = no_evidence()
    facts = {f.fact_id: f for f in (fact, a_fact("V1", 9))}
    report = compose(type(evidence)(facts, evidence.period, evidence.data_version), a_city())
    word, _ = write(report, tmp_path)
    with zipfile.ZipFile(word) as archive:
        body = archive.read("word/document.xml").decode()
    assert max(len(part.split('"')[0]) for part in body.split('<w:tag w:val="')[1:]) <= 64
    assert verify(word, report.cited()) == []


def test_sections_count_in_chinese_and_axes_end_on_round_numbers() -> None:
    assert [chinese(n) for n in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]
    assert ceiling([8485]) == (10000.0, 2500.0)
    assert ceiling([0]) == ceiling([1])
