"""Whether the platform works; anybody may ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import Router

from suqiu import __version__
from suqiu.domain.errors import Unavailable
from suqiu.domain.text import Text
from suqiu.web.api.rest.shapes import HealthOut
from suqiu.web.site import site

router = Router()


@router.get("", response=HealthOut, summary="健康检查 Whether it works", operation_id="health")
def health(request: HttpRequest) -> dict[str, Any]:
    """Say that the platform and its database answer, with its version and its clock."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        raise Unavailable(
            "api.database",
            Text("数据库没有应答", "the database does not answer"),
            Text("请稍后重试，或联系系统管理员", "try again later, or tell the administrator"),
        ) from error
    now: datetime = site().now()
    return {"status": "ok", "version": __version__, "time": now}
