"""What the interface says of itself, completed: every refusal, header and file that an answer may hold."""

from __future__ import annotations

from typing import Any

from suqiu.web.api.exporting import MEDIA
from suqiu.web.api.once import KEY_FORM

_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}}
_READING = {
    400: "请求格式有误 malformed", 401: "缺少有效令牌 no valid token", 403: "无权限 not permitted",
    404: "未找到 not found", 405: "方法不支持 method not known", 422: "内容有误 invalid",
    429: "过于频繁 too many requests", 500: "程序缺陷 defect", 503: "暂不可用 unavailable",
}  # fmt: skip
_WRITING = _READING | {
    409: "状态冲突 conflict", 411: "未注明长度 length required", 412: "版本已旧 outdated",
    413: "内容过大 too large", 415: "类型不符 media type", 428: "未注明版本 version required",
}  # fmt: skip
_RATE = {
    "RateLimit-Limit": {"description": "每分钟请求数 requests a minute", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "剩余 left", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "重置前秒数 seconds until it begins anew", "schema": {"type": "integer"}},
}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILES = {
    "download": {"application/octet-stream": _BYTES, "image/*": _BYTES, "*/*": _BYTES},
    "read_import_errors": {"text/csv": _BYTES},
    "export_orders": dict.fromkeys(MEDIA.values(), _BYTES),
}
_SHAPE = {
    "title": "ErrorOut", "type": "object", "required": ["error"], "additionalProperties": False,
    "description": "每个错误的统一形式 the one shape of every refusal",
    "properties": {
        "error": {
            "type": "object", "required": ["code", "message", "hint"], "additionalProperties": False,
            "properties": {
                name: {"type": "string", "minLength": 1} for name in ("code", "message", "hint")
            },
        }
    },
}  # fmt: skip


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with everything that the door adds to each address."""
    schema["components"]["schemas"]["ErrorOut"] = _SHAPE
    schema["servers"] = []
    for methods in schema["paths"].values():
        for method, said in methods.items():
            _complete(method, said)
    return schema


def _complete(method: str, said: dict[str, Any]) -> None:
    writing = method in {"post", "patch", "delete"}
    answers: dict[Any, Any] = said["responses"]
    if said["operationId"] in _FILES:
        answers[200] = {"description": "文件 the file", "content": _FILES[said["operationId"]]}
    for answer in answers.values():
        answer["headers"] = dict(_RATE)
    if said["operationId"] in {"read_order", "amend", "act"}:
        for answer in answers.values():
            answer["headers"]["ETag"] = {"description": "工单版本 the order's version", "schema": {"type": "string"}}
    for status, meaning in (_WRITING if writing else _READING).items():
        answers[status] = {"description": meaning, **_ERROR}
    answers[429] |= {
        "headers": _RATE | {"Retry-After": {"description": "秒 seconds", "schema": {"type": "integer"}}}
    }  # fmt: skip
    said["responses"] = {
        str(status): answer for status, answer in sorted(answers.items(), key=lambda item: str(item[0]))
    }
    if method == "post":
        said.setdefault("parameters", []).append(
            {
                "in": "header", "name": "Idempotency-Key", "required": True,
                "schema": {"type": "string", "pattern": f"^{KEY_FORM}$"},
                "description": "每次写操作的唯一标识，重发时沿用；保留24小时 kept for a day",
            }
        )  # fmt: skip
    if said["operationId"] in {"amend", "act"}:
        said.setdefault("parameters", []).append(
            {
                "in": "header", "name": "If-Match", "required": False,
                "schema": {"type": "string", "pattern": '^"[0-9]{1,10}"$'},
                "description": "所见工单版本（ETag） the version that you saw",
            }
        )  # fmt: skip
