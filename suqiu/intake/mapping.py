"""Which source column fills which field: a mapping as a file that people read and edit.

A mapping file is YAML, one section for each of our tables that the source has::

    orders:
      from: [orders, 工单*]              # source tables: file without suffix, sheet or database table; * is any text
      columns:
        order_id: 工单编号
        category: [一级分类, 二级分类]    # levels, the widest first
        caller: [联系电话, 来电人]        # several columns for another field: the first that is filled counts
      values:                            # the source's words, where they differ from ours; null for "says nothing"
        type: {咨询类: consult, 其他类: null}
      derive:                            # a field that some values of another column tell
        urgency: {column: 诉求类型, values: {紧急类: urgent}}

`columns.caller` is used to tell callers apart and is stored nowhere.
"""

from __future__ import annotations

import difflib
from collections import abc
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.intake.fields import FIELDS, TITLES, Holds, field_of
from suqiu.intake.source import Source, SourceTable


@dataclass(frozen=True, slots=True)
class Derived:
    """A field told by some values of another field's column 由他列推得.

    Attributes:
        column: the source column.
        values: its values that tell something, and what; other values tell nothing.
    """

    column: str
    values: abc.Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How source tables fill one of ours 单表映射.

    Attributes:
        sources: patterns of source table names.
        columns: for each field its source columns.
        values: for each field the source's words and our codes or ids; None means that the word says nothing.
        derive: fields told by another column; they count where the field's own column is empty.
    """

    sources: tuple[str, ...]
    columns: abc.Mapping[str, tuple[str, ...]]
    values: abc.Mapping[str, abc.Mapping[str, str | None]] = field(default_factory=dict)
    derive: abc.Mapping[str, Derived] = field(default_factory=dict)

    def takes(self, table: SourceTable) -> bool:
        """Say whether a source table belongs to this mapping."""
        return any(fnmatchcase(table.name, pattern) or fnmatchcase(table.file, pattern) for pattern in self.sources)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a source fills our tables 列映射.

    Attributes:
        tables: for `orders`, `steps`, `calls`, `call_backs` their mapping; those that the source lacks are absent.
    """

    tables: abc.Mapping[str, TableMapping]


def load(path: Path) -> Mapping:
    """Read a mapping file; the format is in this module's docstring.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is no YAML, or holds something other than the format says; all of it is told at once.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(
            "intake.no_such_mapping",
            Text("未找到列映射文件“{path}”", "there is no mapping file {path}").fill(path=path),
            Text("可先用预览命令生成一份再修改", "make one by a preview and edit it"),
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise _refuse(path, [str(error).replace("\n", " ")]) from error
    wrong = list(_misfits(found))
    if wrong:
        raise _refuse(path, wrong)
    return Mapping({table: _table(found[table]) for table in FIELDS if table in found})


def save(mapping: Mapping, path: Path) -> None:
    """Write a mapping file, fields in their order, each with what it means; equal mappings give equal files."""
    lines = [
        "# 列映射：左为系统字段，右为导出文件中的列名，可直接修改。",
        "# Which source column fills which field; edit it freely.",
    ]
    for table, fields in FIELDS.items():
        mapped = mapping.tables.get(table)
        if mapped is None:
            continue
        lines += [
            "",
            f"{table}: # {TITLES[table].zh} {TITLES[table].en}",
            f"  from: {_flow(list(mapped.sources))}",
            "  columns:",
        ]
        for item in fields:
            columns = mapped.columns.get(item.name)
            if columns:
                value = _flow(columns[0] if len(columns) == 1 else list(columns))
                lines.append(f"    {item.name}: {value} # {item.title.zh}")
        if mapped.values:
            lines.append("  values:")
            for item in fields:
                if item.name in mapped.values:
                    lines.append(f"    {item.name}: {_flow(dict(mapped.values[item.name]))}")
        if mapped.derive:
            lines.append("  derive:")
            for item in fields:
                if item.name in mapped.derive:
                    derived = mapped.derive[item.name]
                    told = {"column": derived.column, "values": dict(derived.values)}
                    lines.append(f"    {item.name}: {_flow(told)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def check(mapping: Mapping, source: Source, city: City, *, texts: bool = True) -> list[Text]:
    """Say everything that keeps a mapping from fitting a source and a city; empty when it fits.

    Args:
        mapping: how the source's columns fill our fields.
        source: what is to be read.
        city: whose codes the mapping may name.
        texts: orders must say what people wrote.
    """
    wrong: list[Text] = []
    if "orders" not in mapping.tables:
        wrong.append(Text("列映射缺少orders部分", "the mapping has no orders section"))
    for table, mapped in mapping.tables.items():
        wrong += _check_fields(table, mapped, texts)
        wrong += _check_columns(table, mapped, source)
        wrong += _check_values(table, mapped, city)
    return wrong


def _check_fields(table: str, mapped: TableMapping, texts: bool) -> abc.Iterator[Text]:
    for name in sorted({*mapped.columns, *mapped.values, *mapped.derive}):
        if field_of(table, name) is None:
            near = _nearest(name, [item.name for item in FIELDS[table]])
            yield Text("{table}中没有字段“{name}”{near}", "{table} has no field {name}{near}").fill(
                table=table, name=name, near=near
            )
    missing = [item for item in FIELDS[table] if item.required and not mapped.columns.get(item.name)]
    for item in missing:
        yield Text("{table}缺少必填字段“{name}”（{title}）", "{table} lacks the field {name} ({title})").fill(
            table=table, name=item.name, title=item.title
        )
    if texts and table == "orders" and not mapped.columns.get("text") and not mapped.columns.get("title"):
        yield Text("orders缺少诉求内容text或标题title", "orders lacks text or title")


def _check_columns(table: str, mapped: TableMapping, source: Source) -> abc.Iterator[Text]:
    taken = [item for item in source.tables if mapped.takes(item)]
    if not taken:
        yield Text(
            "没有名为{names}的来源表；现有：{there}", "no source table is called {names}; there are {there}"
        ).fill(names="、".join(mapped.sources), there="、".join(item.name for item in source.tables))
        return
    there = {column for item in taken for column in item.columns}
    used = [column for columns in mapped.columns.values() for column in columns]
    for column in dict.fromkeys([*used, *(derived.column for derived in mapped.derive.values())]):
        if column not in there:
            yield Text("{table}的来源中没有列“{column}”{near}", "{table}'s source has no column {column}{near}").fill(
                table=table, column=column, near=_nearest(column, sorted(there))
            )


def _check_values(table: str, mapped: TableMapping, city: City) -> abc.Iterator[Text]:
    told = {**mapped.values, **{name: derived.values for name, derived in mapped.derive.items()}}
    for name, values in told.items():
        allowed = _allowed(table, name, city)
        for word, code in values.items():
            if allowed is not None and code is not None and code not in allowed:
                yield Text(
                    "{table}.{name}：“{word}”对应的“{code}”无效{near}",
                    "{table}.{name}: {word} maps to unknown {code}{near}",
                ).fill(table=table, name=name, word=word, code=code, near=_nearest(code, sorted(allowed)))


def _allowed(table: str, name: str, city: City) -> abc.Set[str] | None:
    """Return the codes or ids a field may be mapped to, None where anything goes."""
    item = field_of(table, name)
    if item is None:
        return None
    if item.codes is not None:
        return {code.value for code in item.codes}
    if item.holds is Holds.CATEGORY:
        return city.taxonomy.by_id.keys()
    if item.holds in {Holds.DEPARTMENT, Holds.TARGET}:
        return city.department_by_id.keys()
    if item.holds in {Holds.DISTRICT, Holds.STREET, Holds.COMMUNITY}:
        return city.region_by_id.keys()
    return None


def _nearest(word: str, words: list[str]) -> Text:
    near = difflib.get_close_matches(word, words, n=3, cutoff=0.4)
    return Text("，是否为“{near}”？", "; did you mean {near}?").fill(near="、".join(near)) if near else Text("", "")


def _misfits(found: Any) -> abc.Iterator[str]:
    """Walk what in a loaded YAML document is not as the format says."""
    if not isinstance(found, dict) or not found:
        yield "应为 orders / steps / calls / call_backs 各部分"
        return
    for table, section in found.items():
        if table not in FIELDS:
            yield f"{table}: 未知部分"
        elif not isinstance(section, dict) or not isinstance(section.get("columns"), dict):
            yield f"{table}: 缺少columns"
        else:
            yield from _misfits_of_section(str(table), section)


def _misfits_of_section(table: str, section: dict[str, Any]) -> abc.Iterator[str]:
    for key in section.keys() - {"from", "columns", "values", "derive"}:
        yield f"{table}.{key}: 未知设置"
    if not _are_words(section.get("from")):
        yield f"{table}.from: 应为来源表名"
    for name, columns in section["columns"].items():
        if not _are_words(columns):
            yield f"{table}.columns.{name}: 应为列名"
    for name, values in (section.get("values") or {}).items():
        if not isinstance(values, dict):
            yield f"{table}.values.{name}: 应为取值对照"
    for name, derived in (section.get("derive") or {}).items():
        if not isinstance(derived, dict) or not isinstance(derived.get("values"), dict) or "column" not in derived:
            yield f"{table}.derive.{name}: 应含column和values"


def _are_words(value: Any) -> bool:
    return bool(value) and all(isinstance(word, str | int) for word in (value if isinstance(value, list) else [value]))


def _table(section: dict[str, Any]) -> TableMapping:
    return TableMapping(
        _words(section["from"]),
        {str(name): _words(columns) for name, columns in section["columns"].items()},
        {str(name): _values(values) for name, values in (section.get("values") or {}).items()},
        {
            str(name): Derived(str(derived["column"]), _values(derived["values"]))
            for name, derived in (section.get("derive") or {}).items()
        },
    )


def _words(value: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in (value if isinstance(value, list) else [value]))


def _values(values: dict[Any, Any]) -> dict[str, str | None]:
    return {str(word): None if code is None else str(code) for word, code in values.items()}


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")


def _refuse(path: Path, wrong: list[str]) -> InvalidInput:
    return InvalidInput(
        "intake.bad_mapping",
        Text("列映射文件“{path}”有误：{wrong}", "the mapping file {path} is wrong: {wrong}").fill(
            path=path, wrong="；".join(wrong[:10])
        ),
        Text("请按文档中的格式修改", "mend it as the documentation shows"),
    )
