"""How a machine is told what is wrong: one shape for every refusal, whatever its status."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from suqiu.domain.errors import Defect, InvalidInput, NotFound, SuqiuError
from suqiu.domain.text import Text
from suqiu.web.refusals import STATUS
from suqiu.web.wording import told

_LOG = logging.getLogger("suqiu.web")


class Turned(InvalidInput):
    """The request itself is turned away, whatever it asks for 请求不予受理.

    Attributes:
        status: of HTTP.
        headers: what the answer carries besides.
    """

    def __init__(
        self, status: int, code: str, message: Text, hint: Text, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, message, hint)
        self.status = status
        self.headers = dict(headers or {})


def status_of(error: SuqiuError) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(error, Turned):
        return error.status
    return next(code for kind, code in STATUS.items() if isinstance(error, kind))


def refusal(error: SuqiuError) -> HttpResponse:
    """Return a refusal in the shape of the REST interface."""
    said = {"code": error.code, "message": told(error.message), "hint": told(error.hint)}
    response = JsonResponse({"error": said}, status=status_of(error), json_dumps_params={"ensure_ascii": False})
    if isinstance(error, Turned):
        for name, value in error.headers.items():
            response[name] = value
    return response


def no_token() -> Turned:
    """Return the refusal of somebody without a valid token."""
    return Turned(
        401,
        "api.no_token",
        Text("缺少有效的接口令牌", "a valid token is missing"),
        Text(
            "请在Authorization请求头中携带“Bearer 令牌”；令牌由安全管理员发放",
            "send the header “Authorization: Bearer …”; the security administrator issues tokens",
        ),
        {"WWW-Authenticate": 'Bearer realm="suqiu"'},
    )


def wrong_method(allowed: str) -> Turned:
    """Return the refusal of a method that an address does not know."""
    return Turned(
        405,
        "api.method",
        Text("该地址不支持此请求方法", "this address does not know this method"),
        Text("可用方法：{allowed}", "it knows {allowed}").fill(allowed=allowed),
        {"Allow": allowed},
    )


def too_large() -> Turned:
    """Return the refusal of a body that is too large."""
    return Turned(
        413,
        "api.too_large",
        Text("请求内容过大", "the request is too large"),
        Text("请分批或压缩后重试", "send it in parts"),
    )


def malformed() -> Turned:
    """Return the refusal of a body that cannot be taken apart."""
    return Turned(
        400,
        "api.malformed",
        Text("请求格式有误，无法解析", "the request cannot be taken apart"),
        Text("请对照接口文档检查编码与格式", "check encoding and format against the interface's page"),
    )


def understood(error: Exception, request: HttpRequest) -> SuqiuError:
    """Return any failure as a refusal; what nobody foresaw becomes a defect with a number, and is logged."""
    if isinstance(error, SuqiuError):
        return error
    if isinstance(error, ValidationError):
        return invalid(error.errors)
    if isinstance(error, AuthenticationError):
        return no_token()
    if isinstance(error, Http404):
        return NotFound("api.not_found", Text("未找到", "not found"), Text("请核对地址", "check the address"))
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large()
    if isinstance(error, HttpError | SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return malformed()
    number = uuid.uuid4().hex[:12]
    _LOG.error("defect %s at %s %s", number, request.method, request.resolver_match, exc_info=error)
    return Defect(
        "web.defect",
        Text("系统出现故障，编号{number}", "something went wrong, number {number}").fill(number=number),
        Text("已记录；请稍后重试，或将编号告知系统管理员", "on record; try again, or tell the administrator"),
    )


#: What is wrong with a field, by pydantic's name of it; only its beginning is compared.
_FAULTS: tuple[tuple[str, Text], ...] = (
    ("missing", Text("缺少", "is missing")),
    ("extra_forbidden", Text("不认识该字段", "is not known here")),
    ("string_too_long", Text("过长", "is too long")),
    ("string_too_short", Text("过短", "is too short")),
    ("too_long", Text("项数过多", "has too many items")),
    ("too_short", Text("项数过少", "has too few items")),
    ("string_pattern", Text("格式不符", "does not have the right form")),
    ("string", Text("应为文本", "must be a text")),
    ("int", Text("应为整数", "must be a whole number")),
    ("float", Text("应为数字", "must be a number")),
    ("finite", Text("应为有限的数", "must be a finite number")),
    ("bool", Text("应为true或false", "must be true or false")),
    ("datetime", Text("应为带时区的ISO 8601时间", "must be an ISO 8601 moment")),
    ("out_of_reach", Text("年份超出可处理的范围", "lies in a year out of reach")),
    ("timezone", Text("应带时区", "must carry its zone")),
    ("greater_than", Text("过小", "is too small")),
    ("less_than", Text("过大", "is too large")),
    ("enum", Text("不在可选值之内", "is none of the values allowed")),
    ("literal", Text("不在可选值之内", "is none of the values allowed")),
    ("union_tag", Text("不在可选值之内", "is none of the values allowed")),
    ("list", Text("应为列表", "must be a list")),
    ("model", Text("应为对象", "must be an object")),
    ("dict", Text("应为对象", "must be an object")),
)
_OTHERWISE = Text("不符合要求", "is not as it must be")


def invalid(errors: Sequence[Mapping[str, Any]]) -> InvalidInput:
    """Return the refusal of fields that are not as the schema says: each named, none of their values repeated."""
    zh, en = [], []
    for error in errors[:8]:
        where = ".".join(str(part)[:40] for part in error.get("loc", ()) if part not in {"body", "query", "path"})
        kind = str(error.get("type", ""))
        fault = next((text for start, text in _FAULTS if kind.startswith(start)), _OTHERWISE)
        zh.append(f"“{where}”{fault.zh}")
        en.append(f"“{where}” {fault.en}")
    return InvalidInput(
        "api.invalid",
        Text("请求内容有误：{what}", "the request is not as it must be: {what}").fill(
            what=Text("；".join(zh), "; ".join(en))
        ),
        Text("请对照/api/openapi.json修改后重试", "mend it by /api/openapi.json and send it again"),
    )
