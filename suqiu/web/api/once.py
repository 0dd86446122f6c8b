"""A write that is sent twice happens once: the answer is kept for a day, in the transaction of the change itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from suqiu.domain.errors import Conflict
from suqiu.domain.text import Text
from suqiu.web.api.answers import Turned
from suqiu.web.api.models import ApiToken, KeptAnswer
from suqiu.web.site import site

KEPT_HOURS = 24
KEY_FORM = "[A-Za-z0-9._:-]{8,80}"
_KEY = re.compile(KEY_FORM)
_HEADERS = ("Content-Type", "ETag", "Location")


def once(request: HttpRequest, token: ApiToken, do: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do what a POST asks for, or answer as the first time.

    The key's line is written before the deed, in one transaction with it: a second request with the key waits for
    the first and then finds its answer. What is refused changes nothing and is not kept.

    Raises:
        Turned: the key is missing or malformed (400).
        Conflict: the key was used for another request.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise Turned(
            400,
            "api.no_key",
            Text("缺少Idempotency-Key请求头，或格式不符", "the header Idempotency-Key is missing or malformed"),
            Text(
                "请为每次写操作生成8至80位的唯一标识（如UUID），重发时沿用",
                "make a mark of 8 to 80 letters and digits for each write, such as a UUID, and keep it when resending",
            ),
        )
    mark = _mark(request)
    try:
        with transaction.atomic():
            KeptAnswer.objects.filter(token=token, key=key, at__lt=site().now() - timedelta(hours=KEPT_HOURS)).delete()
            with transaction.atomic():
                kept = KeptAnswer.objects.create(
                    token=token, key=key, mark=mark, status=0, body=b"", at=site().now()
                )  # unique: whoever comes second waits here, then fails
            response = do()
            if response.status_code >= 400 or not isinstance(response, HttpResponse):
                transaction.set_rollback(True)
                return response
            kept.status, kept.body = response.status_code, response.content
            kept.headers = {name: response[name] for name in _HEADERS if name in response}
            kept.save()
            return response
    except IntegrityError:
        found = KeptAnswer.objects.filter(token=token, key=key).first()
        if found is None or found.status == 0:
            raise
    return _again(found, mark)


def _again(found: KeptAnswer, mark: str) -> HttpResponse:
    if found.mark != mark:
        raise Conflict(
            "api.key_reused",
            Text("该Idempotency-Key已用于另一请求", "this Idempotency-Key was used for another request"),
            Text("新的请求请使用新的标识", "make a new key for a new request"),
        )
    response = HttpResponse(bytes(found.body), status=found.status)
    for name, value in found.headers.items():
        response[name] = value
    response["Idempotent-Replay"] = "true"
    return response


def _mark(request: HttpRequest) -> str:
    """Return a hash over what a request asks for; of a form, over its fields and files, however they were framed."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, value in sorted((name, value) for name, values in request.POST.lists() for value in values):
            digest.update(f"{name}\0{value}\0".encode("utf-8", "surrogatepass"))
        for name, file in sorted(request.FILES.items()):
            digest.update(f"{name}\0{getattr(file, 'name', '')}\0".encode("utf-8", "surrogatepass"))
            for chunk in file.chunks():  # type: ignore[union-attr]
                digest.update(chunk)
            file.seek(0)  # type: ignore[union-attr]
    else:
        digest.update(request.body)
    return digest.hexdigest()
