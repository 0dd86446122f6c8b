"""A result as canonical JSON, and back: the same result gives the same bytes."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.standard.result import Result

#: Version of the record that this program writes and reads.
SCHEMA = "1.0.0"


def to_json(result: Result) -> bytes:
    """Return a result as JSON in UTF-8: keys in the order of the schema, every float in its shortest form.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(_written(result, Result), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode()


def from_json(raw: bytes) -> Result:
    """Read a result.

    Raises:
        InvalidInput: it is no JSON, of another version, or damaged; the place is named.
    """
    try:
        given = json.loads(raw.decode())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise _damaged(Text("不是UTF-8编码的JSON", "it is no JSON in UTF-8")) from error
    schema = given.get("schema") if isinstance(given, dict) else None
    if not isinstance(schema, str):
        raise _damaged(Text("缺少格式版本schema", "“schema” is missing"))
    if schema != SCHEMA:
        raise InvalidInput(
            "result.schema",
            Text(
                "结果文件的格式版本为{given}，本程序只能读取{known}",
                "the result has schema {given}; this program reads {known}",
            ).fill(given=schema, known=SCHEMA),
            Text("请用生成该文件的程序版本读取", "read it with the version of the program that wrote it"),
        )
    result = _read(given, Result, "")
    if not isinstance(result, Result):
        raise TypeError("a result is read as a result")
    return result


def _written(value: Any, kind: Any) -> Any:
    """Turn a value into what JSON can hold; by its declared type, so that 1 and 1.0 are written alike."""
    kind = _unwrapped(kind)
    if value is None:
        return None
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return {field.name: _written(getattr(value, field.name), hints[field.name]) for field in fields(kind)}
    if get_origin(kind) is tuple:
        return [_written(item, _inner(kind, place)) for place, item in enumerate(value)]
    if kind is float:
        return float(value) + 0.0  # so that there is no negative zero
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _read(value: Any, kind: Any, path: str) -> Any:
    optional = _unwrapped(kind) is not kind
    if value is None and optional:
        return None
    kind = _unwrapped(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _read_object(value, kind, path)
    if get_origin(kind) is tuple:
        return _read_list(value, kind, path)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if kind in {int, bool, str} and type(value) is kind:
        return value
    if isinstance(kind, type) and isinstance(value, str) and issubclass(kind, Enum | date):
        try:
            return date.fromisoformat(value) if issubclass(kind, date) else kind(value)
        except ValueError as error:
            raise _wrong(path, value) from error
    raise _wrong(path, value)


def _read_object(value: Any, kind: Any, path: str) -> Any:
    names = [field.name for field in fields(kind)]
    if not isinstance(value, Mapping):
        raise _wrong(path, value)
    for name in names:
        if name not in value:
            raise _damaged(Text("缺少{path}", "{path} is missing").fill(path=f"{path}.{name}".lstrip(".")))
    for name in value:
        if name not in names:
            raise _damaged(Text("不认识{path}", "{path} is not known").fill(path=f"{path}.{name}".lstrip(".")))
    hints = _hints(kind)
    parts = {name: _read(value[name], hints[name], f"{path}.{name}".lstrip(".")) for name in names}
    try:
        return kind(**parts)
    except ValueError as error:
        raise _damaged(
            Text("{path}自相矛盾：{why}", "{path} contradicts itself: {why}").fill(path=path, why=error)
        ) from error


def _read_list(value: Any, kind: Any, path: str) -> tuple[Any, ...]:
    arguments = get_args(kind)
    fixed = Ellipsis not in arguments
    if not isinstance(value, list) or (fixed and len(value) != len(arguments)):
        raise _wrong(path, value)
    return tuple(_read(item, _inner(kind, place), f"{path}[{place}]") for place, item in enumerate(value))


def _inner(kind: Any, place: int) -> Any:
    """Return the type of one item of a tuple."""
    arguments = get_args(kind)
    return arguments[0] if Ellipsis in arguments else arguments[place]


def _unwrapped(kind: Any) -> Any:
    """Return a type without `| None`."""
    if get_origin(kind) in {Union, types.UnionType}:
        (inner,) = (one for one in get_args(kind) if one is not type(None))
        return inner
    return kind


@lru_cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _wrong(path: str, value: Any) -> InvalidInput:
    return _damaged(
        Text("{path}的值不对：{value}", "{path} has a wrong value: {value}").fill(path=path, value=str(value)[:40])
    )


def _damaged(what: Text) -> InvalidInput:
    return InvalidInput(
        "result.damaged",
        Text("结果文件已损坏：{what}", "the result is damaged: {what}").fill(what=what),
        Text("请重新运行suqiu assess生成", "make it again with suqiu assess"),
    )
