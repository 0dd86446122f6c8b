"""How Open311 is said: as JSON or XML, by the extension of the address; refusals as lists of errors."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from suqiu.domain.errors import InvalidInput, SuqiuError
from suqiu.web.api.answers import Turned, status_of
from suqiu.web.wording import told

#: What XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: List → each of its items; the names of the specification.
_ITEMS = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request",
    "errors": "error", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip

Said = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def answer(form: str, root: str, said: Said, status: int = 200) -> HttpResponse:
    """Return an answer in a form: `json` or `xml`; `root` is the outermost element, which JSON leaves out."""
    if form == "xml":
        text = '<?xml version="1.0" encoding="utf-8"?>\n' + _element(root, said)
        return HttpResponse(text.encode(), status=status, content_type="text/xml; charset=utf-8")
    text = json.dumps(said, ensure_ascii=False, default=_plain)
    return HttpResponse(text.encode(), status=status, content_type="application/json; charset=utf-8")


def refused(request: HttpRequest, error: SuqiuError) -> HttpResponse:
    """Return a refusal in the form that was asked for."""
    status = status_of(error)
    if isinstance(error, InvalidInput) and not isinstance(error, Turned):
        status = 400  # the specification knows no 422
    if status == 401:
        status = 403
    said = [{"code": str(status), "description": f"{told(error.message)}。{told(error.hint)} ({error.code})"}]
    response = answer("xml" if request.path.endswith(".xml") else "json", "errors", said, status)
    if isinstance(error, Turned):
        for name, value in error.headers.items():
            response[name] = value
    return response


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(key, one) for key, one in value.items())
    elif isinstance(value, list | tuple):
        inner = "".join(_element(_ITEMS[name], one) for one in value)
    elif value is None or value == "":
        return f"<{name}/>"
    else:
        plain = value if isinstance(value, str) else json.dumps(value) if isinstance(value, bool) else _plain(value)
        inner = html.escape(_NOT_XML.sub("\ufffd", str(plain)), quote=False)
    return f"<{name}>{inner}</{name}>"


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
