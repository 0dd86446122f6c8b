"""The assessor's spreadsheet: what is to be judged, with room for the judgement; out, filled in, and in again.

Every cell is written as text, so that nothing in it is ever run as a formula, and read back as text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import python_calamine
import xlsxwriter

from suqiu.domain.errors import InvalidInput
from suqiu.domain.finding import Backing, Finding
from suqiu.domain.text import Language, Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator
from suqiu.standard.profiles import applicable

#: What the spreadsheet is called in a centre's folder.
FILE = "评判表.xlsx"
SHEET = Text("评判表", "Answers")
_NOTES = Text("填写说明", "How to fill in")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One line of the form `answers`, as written 评判记录; every field may be empty but the subject."""

    subject: str
    rating: str
    basis: str
    documents: str
    by: str
    dated: str
    note: str
    approver: str


#: What the assessor fills in, with the title of its column; the words of `rating` and `basis` are codes.
_FILLED: dict[str, Text] = {
    "subject": Text("编号", "Id"),
    "rating": Text("评判", "Rating"),
    "basis": Text("依据", "Basis"),
    "documents": Text("所据文件", "Documents"),
    "by": Text("评估员", "Assessor"),
    "dated": Text("日期", "Date"),
    "note": Text("说明", "Note"),
    "approver": Text("不适用批准人", "Approver"),
}
#: What helps to judge, between the id and the answer.
_SHOWN: tuple[tuple[Text, int], ...] = (
    (Text("名称", "Name"), 24),
    (Text("等级", "Level"), 6),
    (Text("必备", "Required"), 6),
    (Text("要求", "Statement"), 50),
    (Text("问题", "Question"), 40),
    (Text("评判标准", "Criteria"), 60),
    (Text("目前结论", "Finding now"), 30),
)
_WIDTHS = {"subject": 9, "rating": 14, "basis": 12, "documents": 20, "by": 12, "dated": 12, "note": 40, "approver": 14}
_RATINGS = ("full", "mostly", "partly", "none", "not_applicable")
#: What a person may write, or choose from the list, in place of a code.
_WORDS: dict[str, dict[str, str]] = {
    "rating": dict(zip(("完全符合", "大部分符合", "部分符合", "不符合", "不适用"), _RATINGS, strict=True)),
    "basis": {"查验": "inspected", "第三方证明": "attested", "自述": "declared"},
}
#: Fixed, so that equal contents give equal files.
_MADE = datetime(2026, 1, 1)
#: A cell's text in the file format.
_LONGEST = 32_767


def write(
    catalogue: Catalogue,
    profile: str,
    answers: Mapping[str, AnswerRow],
    findings: Mapping[str, Finding],
    language: Language,
) -> bytes:
    """Return a workbook with a line for each indicator and gate that a person judges, and for each answer given.

    Indicators that probes compute have a line too, as one may turn out not to apply.

    Args:
        catalogue, profile: what is asked.
        answers: given so far, by subject; all of them are in the workbook, also those on subjects it does not know.
        findings: as they stand, by subject; may be empty.
        language: of titles and texts.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": SHEET.to(language), "author": "Suqiu", "created": _MADE})
    sheet = book.add_worksheet(SHEET.to(language))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF5", "border": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    open_ = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#FFFDE7", "num_format": "@"})
    names = list(_FILLED)
    titles = [_FILLED["subject"], *(title for title, _ in _SHOWN), *(_FILLED[name] for name in names[1:])]
    widths = [_WIDTHS["subject"], *(width for _, width in _SHOWN), *(_WIDTHS[name] for name in names[1:])]
    for place, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.write_string(0, place, title.to(language), bold)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 2)
    lines = _lines(catalogue, profile, answers, findings, language)
    first_open = 1 + len(_SHOWN)
    for row, (shown, given) in enumerate(lines, start=1):
        for place, text in enumerate([given.subject, *shown]):
            sheet.write_string(row, place, text[:_LONGEST], plain)
        for place, name in enumerate(names[1:], start=first_open):
            sheet.write_string(row, place, _shown(given, name, language)[:_LONGEST], open_)
    last = max(len(lines), 1)
    for offset, name in enumerate(_WORDS):
        words = list(_WORDS[name] if language == "zh" else _WORDS[name].values())
        sheet.data_validation(1, first_open + offset, last, first_open + offset, {"validate": "list", "source": words})
    sheet.autofilter(0, 0, last, len(titles) - 1)
    _explain(book, catalogue, language)
    book.close()
    return out.getvalue()


def read(content: bytes, name: str) -> list[AnswerRow]:
    """Read the answers of a workbook that was filled in; lines without a rating are no answers.

    Args:
        content: the file.
        name: its name, for messages.

    Raises:
        InvalidInput: it is no such workbook; every line that cannot be used is named.
    """
    rows = _rows(content, name)
    places = _columns(rows[0] if rows else [], name)
    found: list[AnswerRow] = []
    wrong: list[Text] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        cells = {key: _cell(row[place]) if place < len(row) else "" for key, place in places.items()}
        if not cells["rating"]:
            continue
        given = AnswerRow(**{key: _WORDS.get(key, {}).get(cell, cell) for key, cell in cells.items()})
        wrong += [
            Text("第{line}行：{what}", "row {line}: {what}").fill(line=line, what=what) for what in _faults(given)
        ]
        if given.subject in seen:
            wrong.append(
                Text("第{line}行：编号{id}与第{first}行重复", "row {line}: {id} repeats row {first}").fill(
                    line=line, id=given.subject, first=seen[given.subject]
                )
            )
        seen.setdefault(given.subject, line)
        found.append(given)
    if wrong:
        raise InvalidInput(
            "workbook.faults",
            Text("“{name}”有{count}处问题：{all}", "{name} has {count} faults: {all}").fill(
                name=name,
                count=len(wrong),
                all=Text("；".join(one.zh for one in wrong[:20]), "; ".join(one.en for one in wrong[:20])),
            ),
            Text("请改正后重新导入", "mend them and read it in again"),
        )
    return found


def _lines(
    catalogue: Catalogue,
    profile: str,
    answers: Mapping[str, AnswerRow],
    findings: Mapping[str, Finding],
    language: Language,
) -> list[tuple[list[str], AnswerRow]]:
    indicators, gates = applicable(catalogue, profile)
    asked: list[Indicator | Gate] = [
        *(one for one in gates if one.question),
        *(one for one in indicators if one.question),
        *(one for one in gates if not one.question),
        *(one for one in indicators if not one.question),
    ]
    known = {one.id for one in asked}
    lines = [(_told(one, findings, language), _given(one.id, answers)) for one in asked]
    return lines + [([""] * len(_SHOWN), answers[id_]) for id_ in sorted(answers.keys() - known)]


def _told(one: Indicator | Gate, findings: Mapping[str, Finding], language: Language) -> list[str]:
    found = findings.get(one.id)
    yes = Text("是", "yes").to(language)
    level = str(one.level) if isinstance(one, Indicator) else Text("否决项", "gate").to(language)
    return [
        one.name.to(language),
        level,
        yes if isinstance(one, Gate) or one.required else "",
        one.statement.to(language),
        one.question.to(language) if one.question else Text("由数据计算", "computed from data").to(language),
        one.criteria.to(language) if isinstance(one, Indicator) else "",
        found.message.to(language) if found is not None else "",
    ]


def _shown(given: AnswerRow, name: str, language: Language) -> str:
    """Return a cell as a person reads it: the word for a code, where there is one."""
    cell: str = getattr(given, name)
    words = {code: word for word, code in _WORDS.get(name, {}).items()} if language == "zh" else {}
    return words.get(cell, cell)


def _given(id_: str, answers: Mapping[str, AnswerRow]) -> AnswerRow:
    empty = {field.name: "" for field in fields(AnswerRow)}
    return answers.get(id_) or AnswerRow(**{**empty, "subject": id_})


def _explain(book: Any, catalogue: Catalogue, language: Language) -> None:
    sheet = book.add_worksheet(_NOTES.to(language))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    heads = {code: word for words in _WORDS.values() for word, code in words.items()} if language == "zh" else {}
    said: list[tuple[str, Text]] = [
        *(
            (one.code, Text(f"记{one.credit:g}分", f"credit {one.credit:g}: {one.name.en}"))
            for one in catalogue.ratings
        ),
        (
            "not_applicable",
            Text("须在说明中写明理由，并填写批准人", "does not apply: note the reason and who approved it"),
        ),
        ("inspected", Text("查验了文件或现场演示", "documents or a demonstration were looked at")),
        ("attested", Text("由第三方证明", "vouched for by a third party")),
        ("declared", Text("本单位自述，不作为证据", "the centre's own word, which is no evidence")),
    ]
    lines: list[tuple[str, Text]] = [
        ("", catalogue.label),
        *((heads.get(code, code), text) for code, text in said),
        (
            _FILLED["documents"].to(language),
            Text("文件清单中的编号，以顿号分隔", "ids of the list of documents, with commas between"),
        ),
        (_FILLED["dated"].to(language), Text("写成2026-07-05", "written 2026-07-05")),
    ]
    for row, (head, text) in enumerate(lines):
        sheet.write_string(row, 0, head, wrap)
        sheet.write_string(row, 1, text.to(language), wrap)


def _rows(content: bytes, name: str) -> list[list[Any]]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        sheet = next((one for one in (SHEET.zh, SHEET.en) if one in book.sheet_names), book.sheet_names[0])
        return book.get_sheet_by_name(sheet).to_python()
    except (python_calamine.CalamineError, IndexError, OSError, ValueError) as error:
        raise InvalidInput(
            "workbook.unreadable",
            Text("“{name}”不是可读的xlsx文件", "{name} is no readable xlsx file").fill(name=name),
            Text("请用表格软件另存为xlsx格式", "save it as xlsx in a spreadsheet program"),
        ) from error


def _columns(header: Sequence[Any], name: str) -> dict[str, int]:
    titles = {str(title).strip(): place for place, title in enumerate(header)}
    places = {
        key: next((titles[word] for word in (text.zh, text.en, key) if word in titles), -1)
        for key, text in _FILLED.items()
    }
    lacking = [_FILLED[key] for key, place in places.items() if place < 0]
    if lacking:
        raise InvalidInput(
            "workbook.columns",
            Text("“{name}”缺少列：{all}", "{name} lacks the columns: {all}").fill(
                name=name, all=Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
            ),
            Text(
                "请使用suqiu assess sheet生成的评判表，保留首行",
                "use the workbook made by suqiu assess sheet, first row kept",
            ),
        )
    return places


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _allowed(name: str) -> Text:
    return Text("、".join(_WORDS[name]), ", ".join(_WORDS[name].values()))


def _faults(given: AnswerRow) -> list[Text]:
    """Return what is wrong with one answer."""
    wrong = []
    if not given.subject:
        wrong.append(Text("编号为空", "the id is empty"))
    if given.rating not in _RATINGS:
        what = Text("评判“{word}”无效，应为{all}", "the rating {word} is none: {all}")
        wrong.append(what.fill(word=given.rating, all=_allowed("rating")))
    if given.basis not in {one.value for one in Backing} - {Backing.MEASURED}:
        what = Text("依据“{word}”无效，应为{all}", "the basis {word} is none: {all}")
        wrong.append(what.fill(word=given.basis, all=_allowed("basis")))
    if not given.by:
        wrong.append(Text("未填评估员", "the assessor is missing"))
    if given.rating == "not_applicable" and not (given.note and given.approver):
        wrong.append(Text("不适用须写明理由和批准人", "what does not apply needs a reason and an approver"))
    try:
        date.fromisoformat(given.dated)
    except ValueError:
        wrong.append(
            Text("日期“{word}”无效，应为2026-07-05的形式", "the date {word} is none: 2026-07-05").fill(word=given.dated)
        )
    return wrong
