"""What is wrong with what a centre handed in: every cell of every form, with how to mend it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.assessment.forms import Form
from suqiu.domain.text import Text

#: How much of a wrong value is shown.
_SHOWN = 40
#: Rows named where a person is told of many.
_FIRST_ROWS = 5
_HEADER = ("填报表", "文件", "行号", "列", "内容", "问题代码", "问题", "处理办法", "结果")


class FormFault(StrEnum):
    """What can be wrong with a form 填报问题."""

    UNREADABLE = "unreadable"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    BROKEN_ROW = "broken_row"
    MISSING_VALUE = "missing_value"
    MANGLED_NUMBER = "mangled_number"
    TOO_LONG = "too_long"
    UNKNOWN_CODE = "unknown_code"
    BAD_FLAG = "bad_flag"
    BAD_COUNT = "bad_count"
    BAD_NUMBER = "bad_number"
    BAD_SHARE = "bad_share"
    BAD_POINTS = "bad_points"
    BAD_TIME = "bad_time"
    BAD_DAY = "bad_day"
    DUPLICATE_KEY = "duplicate_key"
    DANGLING = "dangling"
    NOTHING_TO_REFER_TO = "nothing_to_refer_to"


_REFUSED = Text("整表未采用", "the form is left out")
_REJECTED = Text("该行未采用", "the row is left out")
_MENDED = Text("该行已采用，此格留空", "the row counts, without this cell")
_WARNED = Text("提示", "a warning")

#: What each fault says, how to mend it, and what became of the row or form.
MEANINGS: dict[FormFault, tuple[Text, Text, Text]] = {
    FormFault.UNREADABLE: (
        Text("文件无法读取", "the file cannot be read"),
        Text("请重新导出，支持csv、xlsx、parquet、jsonl", "export it again as csv, xlsx, parquet or jsonl"),
        _REFUSED,
    ),
    FormFault.MISSING_COLUMN: (
        Text("缺少必填列", "required columns are missing"),
        Text("请补齐这些列，表头可用中文名或英文名", "add them; a header may be the Chinese title or the name"),
        _REFUSED,
    ),
    FormFault.UNKNOWN_COLUMN: (
        Text("不认识的列，已忽略，内容不出中心", "unknown columns: passed over, they never leave the centre"),
        Text("无需上报的列请删除；列名有误的请改正", "delete what is not asked for; mend mistyped headers"),
        _WARNED,
    ),
    FormFault.BROKEN_ROW: (
        Text("该行无法拆分成列", "the row cannot be taken apart"),
        Text("请检查引号和分隔符", "check quotation marks and delimiters"),
        _REJECTED,
    ),
    FormFault.MISSING_VALUE: (
        Text("必填项为空", "a required cell is empty"),
        Text("请补填", "fill it in"),
        _REJECTED,
    ),
    FormFault.MANGLED_NUMBER: (
        Text("编号被表格软件改成了科学计数法", "a spreadsheet has turned the number into scientific notation"),
        Text("请把该列设为文本格式后重新导出", "make the column text and export it again"),
        _REJECTED,
    ),
    FormFault.TOO_LONG: (
        Text("内容过长，应为短语", "too long for a word"),
        Text("请改填简称或代码，200字以内", "write a short name or a code, 200 characters at most"),
        _REJECTED,
    ),
    FormFault.UNKNOWN_CODE: (
        Text("不是可用的代码", "no known code"),
        Text("请按填报说明中的代码填写", "use a code from the form's notes"),
        _REJECTED,
    ),
    FormFault.BAD_FLAG: (
        Text("应填是或否", "neither yes nor no"),
        Text("请填是、否（或Y、N，1、0，true、false）", "write 是 or 否 (or Y, N, 1, 0, true, false)"),
        _REJECTED,
    ),
    FormFault.BAD_COUNT: (
        Text("应为非负整数", "no whole number from 0 on"),
        Text("请填整数，不带单位", "write a whole number without a unit"),
        _REJECTED,
    ),
    FormFault.BAD_NUMBER: (
        Text("应为数字", "no number"),
        Text("请填数字，不带单位", "write a number without a unit"),
        _REJECTED,
    ),
    FormFault.BAD_SHARE: (
        Text("应为0至1的小数或百分数", "no share from 0 to 1"),
        Text("请填0.85或85%", "write 0.85 or 85%"),
        _REJECTED,
    ),
    FormFault.BAD_POINTS: (
        Text("应为0至100的分数", "no points from 0 to 100"),
        Text("请填0至100的数字，不带单位", "write a number from 0 to 100 without a unit"),
        _REJECTED,
    ),
    FormFault.BAD_TIME: (
        Text("时间无法识别", "no time that can be read"),
        Text("请写成2026-03-01 08:30:00", "write it as 2026-03-01 08:30:00"),
        _REJECTED,
    ),
    FormFault.BAD_DAY: (
        Text("日期无法识别", "no day that can be read"),
        Text("请写成2026-03-01", "write it as 2026-03-01"),
        _REJECTED,
    ),
    FormFault.DUPLICATE_KEY: (
        Text("编号与前面的行重复", "an earlier row has the same number"),
        Text("请删除重复行，或改正编号", "delete the row, or mend its number"),
        _REJECTED,
    ),
    FormFault.DANGLING: (
        Text("所指的工单或通话不在导出数据中", "the order or call is not in the export"),
        Text("请核对编号，或把该工单、通话一并导出", "check the number, or export that order or call too"),
        _MENDED,
    ),
    FormFault.NOTHING_TO_REFER_TO: (
        Text("没有提供所指的工单或通话数据", "the orders or calls that it refers to were not handed in"),
        Text("请一并提供工单、通话导出", "hand in the orders and calls too"),
        _WARNED,
    ),
}


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One kind of fault in one column of one file, for a person 问题汇总.

    Attributes:
        form: name of the form.
        file: the file, and the sheet where it has several.
        column: the header as it stands in the file; empty where the row as a whole is meant.
        fault: what is wrong.
        rows: numbers of the first rows; empty where the form as a whole is meant.
        count: in how many rows.
    """

    form: str
    file: str
    column: str
    fault: FormFault
    rows: tuple[int, ...]
    count: int

    @property
    def refuses(self) -> bool:
        """Say whether the form as a whole is left out."""
        return MEANINGS[self.fault][2] is _REFUSED

    @property
    def rejects(self) -> bool:
        """Say whether rows are left out."""
        return MEANINGS[self.fault][2] is _REJECTED

    @property
    def message(self) -> Text:
        """What is wrong, and where."""
        where = Text(f"{self.file}", self.file)
        if self.rows:
            listed = "、".join(map(str, self.rows)) + ("…" if self.count > len(self.rows) else "")
            where = Text(f"{self.file}第{listed}行", f"{self.file}, row {listed.replace('、', ', ')}")
        if self.column:
            where = Text(f"{where.zh}“{self.column}”", f"{where.en}, {self.column}")
        many = Text(f"（共{self.count}行）", f" ({self.count} rows)") if self.count > 1 else Text("", "")
        said = MEANINGS[self.fault][0]
        return Text(f"{where.zh}：{said.zh}{many.zh}", f"{where.en}: {said.en}{many.en}")

    @property
    def hint(self) -> Text:
        """How to mend it."""
        return MEANINGS[self.fault][1]


class FaultBook:
    """Gathers everything that is wrong with the forms of a centre 问题清单."""

    def __init__(self, redact: Callable[[pa.Array], pa.Array]) -> None:
        """Begin an empty book; values are shown only after `redact` has masked them."""
        self._redact = redact
        self._rows: dict[tuple[str, str, str, FormFault], list[tuple[npt.NDArray[np.int64], pa.Array]]] = defaultdict(
            list
        )

    def add(
        self,
        form: Form,
        file: str,
        column: str,
        fault: str,
        rows: Sequence[int] | npt.NDArray[np.int64],
        cells: pa.Array,
    ) -> None:
        """Note a fault in some rows; `cells` are what stands there, in step with the rows."""
        shown = pc.utf8_slice_codeunits(self._redact(cells.cast(pa.string()).fill_null("")), 0, _SHOWN)
        self._rows[form.name, file, column, FormFault(fault)].append((np.asarray(rows, dtype=np.int64), shown))

    def note(self, form: Form, file: str, column: str, fault: str) -> None:
        """Note a fault of a form as a whole."""
        self._rows.setdefault((form.name, file, column, FormFault(fault)), [])

    def refused(self, form: Form) -> bool:
        """Say whether a form as a whole is left out."""
        return any(name == form.name and MEANINGS[fault][2] is _REFUSED for name, _, _, fault in self._rows)

    def rejected(self, form: Form) -> int:
        """Return how many rows of a form are left out."""
        rows = {
            (file, row)
            for (name, file, _, fault), pieces in self._rows.items()
            if name == form.name and MEANINGS[fault][2] is _REJECTED
            for numbers, _ in pieces
            for row in numbers.tolist()
        }
        return len(rows)

    def lines(self) -> tuple[FaultLine, ...]:
        """Return everything by form, file, column and fault: refusals first."""
        lines = [
            FaultLine(form, file, column, fault, *_first(pieces))
            for (form, file, column, fault), pieces in self._rows.items()
        ]
        return tuple(sorted(lines, key=lambda line: (not line.refuses, line.form, line.file, line.column, line.fault)))

    def write(self, path: Path) -> int:
        """Write every fault of every row as CSV for a spreadsheet, and return how many lines there are."""
        written = 0
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADER)
            for key in sorted(self._rows):
                for row, value in _listed(self._rows[key]):
                    form, name, column, fault = key
                    said, mend, became = (text.zh for text in MEANINGS[fault])
                    writer.writerow((form, name, row, _safe(column), _safe(value), fault.value, said, mend, became))
                    written += 1
        return written


def _first(pieces: Sequence[tuple[npt.NDArray[np.int64], pa.Array]]) -> tuple[tuple[int, ...], int]:
    rows: list[int] = []
    for numbers, _ in pieces:
        rows += numbers[: _FIRST_ROWS - len(rows)].tolist()
    return tuple(rows), sum(len(numbers) for numbers, _ in pieces)


def _listed(pieces: Sequence[tuple[npt.NDArray[np.int64], pa.Array]]) -> Iterator[tuple[int | str, str]]:
    if not pieces:
        yield "", ""
    for numbers, values in pieces:
        yield from zip(numbers.tolist(), values.to_pylist(), strict=True)


def _safe(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return (
        "'" + cell if cell[:1] in {"=", "+", "@", "\t", "\r"} or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell
    )
