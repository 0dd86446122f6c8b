"""Read YAML so that every value keeps its line, and say all that is wrong with it.

Values are taken key by key; what nobody asks for is an unknown key. Anchors and aliases are refused:
such files are edited by officials, and an alias can blow a small file up to any size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, TypeVar

import yaml

from suqiu.datafiles.file_fault import FaultLog, nearest
from suqiu.domain.text import Text

E = TypeVar("E", bound=StrEnum)

#: What a value can be when its meaning is known elsewhere.
Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

#: The C reader is some thirty times faster; a build of PyYAML without it still works.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Honest files nest some ten levels.
_MOST_NESTED = 50
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Entry:
    """One YAML mapping whose values are taken by key, each checked, each with its line.

    Every getter returns None (or an empty tuple) where the value is absent or wrong, after noting the fault.

    Attributes:
        file: path inside the folder.
        line: where the mapping begins.
        faults: where faults go.
    """

    def __init__(self, node: yaml.MappingNode, file: str, faults: FaultLog, offset: int = 0) -> None:
        self.file, self.faults, self._offset = file, faults, offset
        self.line = node.start_mark.line + 1 + offset
        self._values: dict[str, tuple[int, yaml.Node]] = {}
        self._asked: list[str] = []
        for key, value in node.value:
            line = key.start_mark.line + 1 + offset
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None:
                faults.error(file, line, Text("键必须是文字", "a key must be a word"), faults.look)
            elif name in self._values:
                faults.error(
                    file,
                    line,
                    Text("键“{key}”重复", "key “{key}” repeats").fill(key=name),
                    Text("请只保留一个", "keep one of them"),
                )
            else:
                self._values[name] = (line, value)

    def line_of(self, key: str) -> int:
        """Return a key's line, the mapping's own where the key is absent."""
        return self._values[key][0] if key in self._values else self.line

    def error(self, key: str, message: Text, hint: Text) -> None:
        """Note a fault at a key."""
        self.faults.error(self.file, self.line_of(key), message, hint)

    def text(self, key: str, *, required: bool = True) -> str | None:
        """Take a text, without surrounding white space."""
        value = self._take(key, required)
        return None if value is None else self._as_text(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take an optional list of different texts."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, yaml.SequenceNode):
            self._wrong(key, value, Text("文字列表，如[甲, 乙]", "a list of texts, such as [a, b]"))
            return ()
        taken: list[str] = []
        for item in value.value:
            text = self._as_text(key, item)
            if text in taken:
                self._fault(item, Text("“{text}”重复", "“{text}” repeats").fill(text=text), self.faults.look)
            elif text is not None:
                taken.append(text)
        return tuple(taken)

    def whole(self, key: str, low: int, high: int, *, required: bool = True) -> int | None:
        """Take a whole number between low and high, both inclusive."""
        value = self._take(key, required)
        if value is None:
            return None
        if not _is_scalar(value, "int") or not _WHOLE.fullmatch(value.value) or not low <= int(value.value) <= high:
            self._wrong(
                key, value, Text("{low}至{high}的整数", "a whole number from {low} to {high}").fill(low=low, high=high)
            )
            return None
        return int(value.value)

    def number(self, key: str, low: float, high: float) -> float | None:
        """Take a number between low and high, both inclusive."""
        value = self._take(key, required=True)
        if value is None:
            return None
        plain = _is_scalar(value, "int") or _is_scalar(value, "float")
        if not plain or not _NUMBER.fullmatch(value.value) or not low <= float(value.value) <= high:
            self._wrong(
                key, value, Text("{low:g}至{high:g}的数", "a number from {low:g} to {high:g}").fill(low=low, high=high)
            )
            return None
        return float(value.value)

    def truth(self, key: str) -> bool | None:
        """Take `true` or `false`."""
        value = self._take(key, required=True)
        if value is None:
            return None
        if not _is_scalar(value, "bool") or value.value not in {"true", "false"}:
            self._wrong(key, value, Text("true或false", "true or false"))
            return None
        return bool(value.value == "true")

    def choice(self, key: str, options: type[E], *, required: bool = True) -> E | None:
        """Take one of a fixed set of codes."""
        word = self.text(key, required=required)
        if word is None:
            return None
        known = [option.value for option in options]
        if word not in known:
            self.error(
                key,
                Text("{key}没有“{word}”这一取值", "{key} knows no “{word}”").fill(key=key, word=word),
                nearest(word, known),
            )
            return None
        return options(word)

    def day(self, key: str) -> date | None:
        """Take a day, written 2026-03-01."""
        value = self._take(key, required=True)
        return None if value is None else self._as_day(value)

    def days(self, key: str) -> tuple[tuple[date, int], ...]:
        """Take an optional list of days, each with its line."""
        value = self._take(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, yaml.SequenceNode):
            self._wrong(key, value, Text("日期列表", "a list of days"))
            return ()
        days = ((self._as_day(item), self._line(item)) for item in value.value)
        return tuple((day, line) for day, line in days if day is not None)

    def entry(self, key: str) -> Entry | None:
        """Take an optional mapping."""
        value = self._take(key, required=False)
        if value is None:
            return None
        if not isinstance(value, yaml.MappingNode):
            self._wrong(key, value, Text("键值表", "a mapping"))
            return None
        return Entry(value, self.file, self.faults, self._offset)

    def entries(self, key: str, *, required: bool = True) -> list[Entry]:
        """Take a list of mappings."""
        value = self._take(key, required)
        if value is None:
            return []
        return _mappings(value, self.file, self.faults, self._offset)

    def plain(self, key: str) -> Plain | None:
        """Take an optional value as it is: texts, numbers, truths, lists and mappings of such."""
        value = self._take(key, required=False)
        return None if value is None else _plain(value)

    def keys(self) -> Iterator[str]:
        """Walk the keys as written, for mappings whose keys are names."""
        return iter(self._values)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.error(
                    key, Text("不认识的键“{key}”", "unknown key “{key}”").fill(key=key), nearest(key, self._asked)
                )

    def _take(self, key: str, required: bool) -> yaml.Node | None:
        self._asked.append(key)
        found = self._values.get(key)
        if found is None or _is_scalar(found[1], "null"):
            if required:
                self.error(
                    key,
                    Text("缺少“{key}”", "“{key}” is missing").fill(key=key),
                    Text("请补填“{key}”", "fill in “{key}”").fill(key=key),
                )
            return None
        return found[1]

    def _as_text(self, key: str, value: yaml.Node) -> str | None:
        if not _is_scalar(value, "str"):
            self._wrong(key, value, Text("文字；数字样的编号请加引号", "a text; put quotes around ids of digits"))
            return None
        text = str(value.value).strip()
        if not text:
            self._fault(
                value,
                Text("“{key}”为空", "“{key}” is empty").fill(key=key),
                Text("请补填“{key}”", "fill in “{key}”").fill(key=key),
            )
            return None
        return text

    def _as_day(self, value: yaml.Node) -> date | None:
        if isinstance(value, yaml.ScalarNode) and _DAY.fullmatch(value.value):
            try:
                return date.fromisoformat(value.value)
            except ValueError:
                pass  # such as the 30th of February: said below
        self._fault(
            value,
            Text("日期无法识别：{value}", "not a day: {value}").fill(value=_shown(value)),
            Text("请写成2026-03-01", "write it as 2026-03-01"),
        )
        return None

    def _wrong(self, key: str, value: yaml.Node, wanted: Text) -> None:
        self._fault(
            value,
            Text("“{key}”的值不对：{value}", "“{key}” has a wrong value: {value}").fill(key=key, value=_shown(value)),
            Text("应为{wanted}", "it must be {wanted}").fill(wanted=wanted),
        )

    def _fault(self, node: yaml.Node, message: Text, hint: Text) -> None:
        self.faults.error(self.file, self._line(node), message, hint)

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + 1 + self._offset


def read_mapping(path: Path, file: str, faults: FaultLog) -> Entry | None:
    """Read a file that holds one mapping; None when it cannot be used, with the reason noted."""
    text = read_text(path, file, faults)
    return None if text is None else parse_mapping(text, file, faults)


def parse_mapping(text: str, file: str, faults: FaultLog, offset: int = 0) -> Entry | None:
    """Parse a text that holds one mapping and begins `offset` lines into its file."""
    node = _compose(text, file, faults, offset)
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1 + offset
        faults.error(file, line, Text("文件内容应为键值表", "the file must hold a mapping"), faults.look)
        return None
    return Entry(node, file, faults, offset)


def read_entries(path: Path, file: str, faults: FaultLog) -> list[Entry] | None:
    """Read a file that holds a list of mappings; None when it cannot be used, with the reason noted."""
    text = read_text(path, file, faults)
    node = None if text is None else _compose(text, file, faults, 0)
    return None if node is None else _mappings(node, file, faults, 0)


def read_text(path: Path, file: str, faults: FaultLog) -> str | None:
    """Read a file as UTF-8, with or without a byte order mark; None when missing or damaged."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        faults.error(file, None, Text("缺少文件", "the file is missing"), faults.look)
        return None
    except OSError as error:
        faults.error(
            file,
            None,
            Text("文件无法读取：{why}", "the file cannot be read: {why}").fill(why=error.strerror),
            Text("请检查文件权限", "check the file's permissions"),
        )
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.error(
            file,
            raw.count(b"\n", 0, error.start) + 1,
            Text("文件不是UTF-8编码", "the file is not UTF-8"),
            Text("请另存为UTF-8编码（表格软件选“CSV UTF-8”）", "save it as UTF-8 (in a spreadsheet “CSV UTF-8”)"),
        )
        return None


def _compose(text: str, file: str, faults: FaultLog, offset: int) -> yaml.Node | None:
    bad = _UNREADABLE.search(text)
    if bad is not None:
        faults.error(
            file,
            text.count("\n", 0, bad.start()) + 1 + offset,
            Text("有不可见的控制字符", "there is an invisible control character"),
            Text("请删除该字符", "delete it"),
        )
        return None
    try:
        if _is_hostile(text, file, faults, offset):
            return None
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.error(
            file,
            None if mark is None else mark.line + 1 + offset,
            Text("YAML语法错误：{problem}", "YAML syntax: {problem}").fill(problem=error.problem),
            Text("请检查缩进、冒号后的空格、引号和括号", "check indentation, spaces after colons, quotes and brackets"),
        )
        return None
    if node is None:
        faults.error(file, None, Text("文件为空", "the file is empty"), faults.look)
        return None
    return node


def _is_hostile(text: str, file: str, faults: FaultLog, offset: int) -> bool:
    """Note aliases, and nesting so deep that composing it would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            message = Text("不支持锚点和引用（&与*）", "anchors and aliases (& and *) are not supported")
            hint = Text("请把内容写全", "write the content out")
        elif depth > _MOST_NESTED:
            message, hint = Text("嵌套过深", "the nesting is too deep"), faults.look
        else:
            continue
        mark = event.start_mark
        faults.error(file, None if mark is None else mark.line + 1 + offset, message, hint)
        return True
    return False


def _mappings(node: yaml.Node, file: str, faults: FaultLog, offset: int) -> list[Entry]:
    parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not isinstance(node, yaml.SequenceNode):
        line = node.start_mark.line + 1 + offset
        faults.error(file, line, Text("应为以“-”开头的列表", "a list with “-” is wanted"), faults.look)
        return []
    entries = []
    for part in parts:
        if isinstance(part, yaml.MappingNode):
            entries.append(Entry(part, file, faults, offset))
        else:
            line = part.start_mark.line + 1 + offset
            faults.error(
                file, line, Text("列表的每一项应为键值表", "each item of the list must be a mapping"), faults.look
            )
    return entries


def _is_scalar(node: yaml.Node, kind: str) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _TAG + kind


def _plain(node: yaml.Node) -> Plain:
    match node:
        case yaml.MappingNode():
            return {str(key.value): _plain(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_plain(value) for value in node.value]
    text = str(node.value)
    if _is_scalar(node, "null"):
        return None
    if _is_scalar(node, "bool") and text in {"true", "false"}:
        return text == "true"
    if _is_scalar(node, "int") and _WHOLE.fullmatch(text):
        return int(text)
    if _is_scalar(node, "float") and _NUMBER.fullmatch(text):
        return float(text)
    return text


def _shown(node: yaml.Node) -> str:
    return str(node.value)[:30] if isinstance(node, yaml.ScalarNode) else "…"
