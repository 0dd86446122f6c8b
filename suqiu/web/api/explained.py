"""The published schema as a readable list: chapters of operations, each with what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from suqiu.domain.text import Language, Text

_CHAPTERS = {
    "orders": Text("工单", "Orders"), "contacts": Text("来电", "Calls"), "city": Text("城市目录", "The city"),
    "events": Text("事件与指标", "Events and measures"), "webhooks": Text("事件推送", "Webhooks"),
    "bulk": Text("批量文件", "Bulk files"), "health": Text("健康检查", "Health"),
}  # fmt: skip
_WHERE = {
    "path": Text("地址", "path"), "query": Text("查询", "query"), "header": Text("请求头", "header"),
    "body": Text("内容", "body"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that an operation asks for 参数."""

    name: str
    where: str
    form: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation 接口."""

    method: str
    path: str
    name: str
    about: str
    asked: tuple[Asked, ...]
    answers: str
    open: bool


def chapters(schema: dict[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return the schema's operations by chapter."""
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            found.setdefault(said["tags"][0], []).append(_operation(schema, method, path, said, language))
    return [
        {"code": code, "name": name.to(language), "operations": found[code]}
        for code, name in _CHAPTERS.items() if code in found
    ]  # fmt: skip


def _operation(
    schema: dict[str, Any], method: str, path: str, said: dict[str, Any], language: Language
) -> Operation:  # fmt: skip
    asked = [
        Asked(
            one["name"], _WHERE[one["in"]].to(language), _form(schema, one["schema"]), bool(one.get("required")),
            str(one.get("description", "")),
        )
        for one in said.get("parameters", [])
    ]  # fmt: skip
    for media, body in said.get("requestBody", {}).get("content", {}).items():
        asked += _body(schema, body["schema"], media, language)
    answers = ", ".join(status for status in said["responses"] if status.startswith("2"))
    zh, _, en = str(said["summary"]).partition(" ")
    return Operation(
        method.upper(), path, zh if language == "zh" else en, str(said.get("description", "")), tuple(asked), answers,
        "security" not in said,
    )  # fmt: skip


def _body(schema: dict[str, Any], said: dict[str, Any], media: str, language: Language) -> list[Asked]:
    shape = _resolved(schema, said)
    where = _WHERE["body"].to(language)
    if "oneOf" in shape:
        kinds = [_resolved(schema, one) for one in shape["oneOf"]]
        return [
            Asked(
                f"kind: {one['properties']['kind']['const']}", where,
                ", ".join(name + ("*" if name in one.get("required", ()) else "") for name in one["properties"]
                          if name not in {"kind", "version"}) or "—",
                False, str(one.get("description", "")),
            )
            for one in kinds
        ]  # fmt: skip
    return [
        Asked(name, f"{where} {media.split('/')[-1]}", _form(schema, one), name in shape.get("required", ()),
              str(one.get("description", "")))
        for name, one in shape.get("properties", {}).items()
    ]  # fmt: skip


def _resolved(schema: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in said:
        said = schema["components"]["schemas"][said["$ref"].rpartition("/")[2]]
    return said


def _form(schema: dict[str, Any], said: dict[str, Any]) -> str:
    if "anyOf" in said:
        return " | ".join(_form(schema, one) for one in said["anyOf"] if one.get("type") != "null")
    said = _resolved(schema, said)
    if "enum" in said:
        return " | ".join(map(str, said["enum"]))
    if "const" in said:
        return str(said["const"])
    kind = str(said.get("type", "object"))
    if kind == "array":
        return f"[{_form(schema, said.get('items', {}))}]"
    if kind == "object" and "properties" in said:
        return "{" + ", ".join(said["properties"]) + "}"
    limit = said.get("maxLength") or said.get("maximum")
    return str(said.get("format", kind)) + (f" ≤ {limit}" if limit is not None else "")
