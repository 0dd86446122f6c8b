"""What people answered: every cell checked, names turned into running numbers, texts left behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from unicodedata import normalize

import pyarrow as pa

from suqiu.assessment.survey.questionnaire import (
    ANSWERED_ON,
    CENTRE,
    GROUP,
    LEAST_POINT,
    MOST_POINT,
    RESPONDENT,
    Option,
    Question,
    QuestionKind,
    Questionnaire,
    template,
)
from suqiu.datafiles.file_fault import nearest
from suqiu.domain.text import Text

#: The header is row 1.
_FIRST_ROW = 2
_BETWEEN = re.compile(r"[;、|,]")
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d+)?")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00)?)?")
_SHOWN = 20

Value: TypeAlias = "str | list[str] | float | int | date | None"


@dataclass(frozen=True, slots=True)
class ResponseFault:
    """One thing wrong in a table of responses 答卷问题.

    Attributes:
        row: as a spreadsheet counts, the header being 1.
        column: its header.
        message: what is wrong.
        hint: how to mend it.
        rejected: the row does not count; False where the column is passed over.
    """

    row: int
    column: str
    message: Text
    hint: Text
    rejected: bool = True


@dataclass(frozen=True, slots=True)
class Responses:
    """Responses that count 有效答卷.

    Attributes:
        questionnaire: what was asked.
        table: one row a respondent: running numbers of respondent and centre, group, day, strata, answers; no texts.
        read: rows there were.
        faults: everything wrong, by row and column.
    """

    questionnaire: Questionnaire
    table: pa.Table
    read: int
    faults: tuple[ResponseFault, ...]


@dataclass(frozen=True, slots=True)
class _Refused:
    """A cell that cannot be used: what is wrong, how to mend it."""

    message: Text
    hint: Text


def read_responses(questionnaire: Questionnaire, table: pa.Table) -> Responses:
    """Check responses and keep those without a fault.

    Args:
        questionnaire: what was asked.
        table: all columns texts, by the header of `template`; an empty cell is null or blank.
    """
    header = template(questionnaire)
    faults = _header_faults(header, table.column_names)
    rows: list[dict[str, Value]] = []
    seen: dict[str, int] = {}
    usable = not any(fault.rejected for fault in faults)
    cells = {name: table[name].to_pylist() for name in header if usable}
    for place in range(table.num_rows if usable else 0):
        number = place + _FIRST_ROW
        row, wrong = _row(questionnaire, {name: _cell(cells[name][place]) for name in header}, number)
        wrong += _repeated(str(row[RESPONDENT] or ""), number, seen)
        faults += wrong
        if not wrong:
            rows.append(row)
    return Responses(questionnaire, _kept(questionnaire, rows), table.num_rows, tuple(faults))


def form_rows(responses: Responses, form: str) -> pa.Table:
    """Return rows for a form that scale questions feed: number, day, and the mean of the scales from 0 to 100.

    Respondents who answered none of these questions have no row.
    """
    feeding = [question.id for question in responses.questionnaire.questions if question.feeds == form]
    rows: list[dict[str, Value]] = []
    for row in responses.table.to_pylist():
        points = [row[id_] for id_ in feeding if row[id_] is not None]
        if points:
            mean = sum(points) / len(points)
            score = 100 * (mean - LEAST_POINT) / (MOST_POINT - LEAST_POINT)
            rows.append({"response_id": str(row[RESPONDENT]), "answered_on": row[ANSWERED_ON], "score": score})
    wanted = pa.schema([("response_id", pa.string()), ("answered_on", pa.date32()), ("score", pa.float64())])
    return pa.Table.from_pylist(rows, wanted)


def _header_faults(header: tuple[str, ...], given: list[str]) -> list[ResponseFault]:
    missing = [
        ResponseFault(
            1,
            name,
            Text("缺少列“{name}”", "the column “{name}” is missing").fill(name=name),
            Text(
                "请按模板补齐表头，无人回答的题也要保留该列",
                "take the header from the template, unanswered columns too",
            ),
        )
        for name in header
        if name not in given
    ]
    twice = [
        ResponseFault(
            1,
            name,
            Text("列“{name}”出现多次", "the column “{name}” is there more than once").fill(name=name),
            Text("请只保留一列", "keep one of them"),
        )
        for name in dict.fromkeys(given)
        if given.count(name) > 1
    ]
    unknown = [
        ResponseFault(
            1,
            name,
            Text("不认识的列“{name}”，已忽略", "unknown column “{name}”, passed over").fill(name=name),
            nearest(name, list(header)),
            rejected=False,
        )
        for name in dict.fromkeys(given)
        if name not in header
    ]
    return [*missing, *twice, *unknown]


def _cell(value: object) -> str:
    """Return a cell without blanks and without letters and digits of full width."""
    return "" if value is None else normalize("NFKC", str(value)).strip()


def _repeated(id_: str, number: int, seen: dict[str, int]) -> list[ResponseFault]:
    if not id_:
        return []
    if id_ in seen:
        return [
            ResponseFault(
                number,
                RESPONDENT,
                Text("答卷编号与第{row}行重复", "the number is also in row {row}").fill(row=seen[id_]),
                Text("请删除重复答卷，或改正编号", "delete the response that repeats, or mend its number"),
            )
        ]
    seen[id_] = number
    return []


def _row(
    questionnaire: Questionnaire, cells: Mapping[str, str], number: int
) -> tuple[dict[str, Value], list[ResponseFault]]:
    row: dict[str, Value] = {}
    faults: list[ResponseFault] = []

    def take(column: str, value: Value | _Refused) -> None:
        if isinstance(value, _Refused):
            faults.append(ResponseFault(number, column, value.message, value.hint))
        row[column] = None if isinstance(value, _Refused) else value

    for column in (RESPONDENT, CENTRE):
        take(column, cells[column] or _empty())
    take(ANSWERED_ON, _day(cells[ANSWERED_ON]) if cells[ANSWERED_ON] else _empty())
    for column, options in questionnaire.cuts().items():
        take(column, _chosen(cells[column], options) if cells[column] else _empty())
    for question in questionnaire.questions:
        take(question.id, _answer(question, cells[question.id], row[GROUP]))
    return row, faults


def _answer(question: Question, cell: str, group: Value) -> Value | _Refused:
    if group is not None and group not in question.groups:
        return None if not cell else _Refused(
            Text("此题不由该类答卷人回答", "this group is not asked this question"),
            Text("请清空此格，或改正答卷人类别", "empty the cell, or mend the group"),
        )  # fmt: skip
    if not cell:
        return _empty() if question.required and group is not None else None
    match question.kind:
        case QuestionKind.SINGLE:
            return _chosen(cell, question.options)
        case QuestionKind.MULTIPLE:
            return _several(cell, question.options)
        case QuestionKind.TEXT:
            return None
    return _number(cell, question)


def _empty() -> _Refused:
    return _Refused(Text("必填项为空", "a required cell is empty"), Text("请补填", "fill it in"))


def _chosen(cell: str, options: Iterable[Option]) -> str | _Refused:
    known = {_cell(name).lower(): one.code for one in options for name in (one.code, one.name.zh, one.name.en)}
    found = known.get(cell.lower())
    if found is not None:
        return found
    return _Refused(
        Text("没有选项“{cell}”", "there is no option “{cell}”").fill(cell=cell[:_SHOWN]),
        nearest(cell, list(known)),
    )


def _several(cell: str, options: tuple[Option, ...]) -> list[str] | _Refused:
    chosen = set()
    # A name may hold a separator itself, and then fits as a whole.
    whole = _chosen(cell, options)
    words = [cell] if isinstance(whole, str) else [word.strip() for word in _BETWEEN.split(cell) if word.strip()]
    for word in words:
        found = _chosen(word, options)
        if isinstance(found, _Refused):
            return found
        chosen.add(found)
    alone = [one.name for one in options if one.alone and one.code in chosen]
    if alone and len(chosen) > 1:
        return _Refused(
            Text("“{alone}”不能与其他选项同选", "“{alone}” cannot be chosen with others").fill(alone=alone[0]),
            Text("请只保留其一", "keep one or the other"),
        )
    return [one.code for one in options if one.code in chosen]


def _number(cell: str, question: Question) -> float | int | _Refused:
    plain = cell.replace(",", "")
    value = float(plain) if _NUMBER.fullmatch(plain) else None
    least, most = question.least or 0.0, question.most or 0.0
    if value is not None and least <= value <= most:
        if question.kind is not QuestionKind.SCALE:
            return value
        if value.is_integer():
            return int(value)
    whole = Text("整数", "a whole number") if question.kind is QuestionKind.SCALE else Text("数", "a number")
    return _Refused(
        Text("“{cell}”不是可用的回答", "“{cell}” is no answer to this").fill(cell=cell[:_SHOWN]),
        Text(
            "请填{least:g}至{most:g}的{whole}，不带单位", "write {whole} from {least:g} to {most:g}, without a unit"
        ).fill(least=least, most=most, whole=whole),
    )


def _day(cell: str) -> date | _Refused:
    found = _DAY.fullmatch(cell)
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass  # such as the 30th of February: said below
    return _Refused(
        Text("日期无法识别：{cell}", "not a day: {cell}").fill(cell=cell[:_SHOWN]),
        Text("请写成2026-03-01", "write it as 2026-03-01"),
    )


def _kept(questionnaire: Questionnaire, rows: list[dict[str, Value]]) -> pa.Table:
    """Return rows in one order whatever order they came in, with running numbers for names."""
    rows = sorted(rows, key=lambda row: (str(row[CENTRE]), str(row[RESPONDENT])))
    centres = {name: place for place, name in enumerate(dict.fromkeys(row[CENTRE] for row in rows), start=1)}
    numbered = [{**row, RESPONDENT: place, CENTRE: centres[row[CENTRE]]} for place, row in enumerate(rows, start=1)]
    fields = [(RESPONDENT, pa.int64()), (CENTRE, pa.int64()), (ANSWERED_ON, pa.date32())]
    fields += [(column, pa.string()) for column in questionnaire.cuts()]
    fields += [(one.id, _KEPT[one.kind]) for one in questionnaire.questions if one.kind is not QuestionKind.TEXT]
    return pa.Table.from_pylist(numbered, pa.schema(fields))


_KEPT = {
    QuestionKind.SINGLE: pa.string(),
    QuestionKind.MULTIPLE: pa.list_(pa.string()),
    QuestionKind.SCALE: pa.int64(),
    QuestionKind.NUMBER: pa.float64(),
}
