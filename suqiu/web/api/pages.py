"""Pages for people about the doors: what the interface is, and who holds tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.errors import InvalidInput, NotFound, SuqiuError
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import public, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.api import announcing, tokens
from suqiu.web.api.explained import chapters
from suqiu.web.api.models import ApiToken, Delivery
from suqiu.web.api.rest.interface import schema
from suqiu.web.api.rights import GRANTABLE
from suqiu.web.site import site
from suqiu.web.wording import language, told

_DELIVERIES = 50
_DAYS = (30, 90, 180, 365, 730)


@public
@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """Explain the interface."""
    chosen = site().settings
    context = {
        "chapters": chapters(schema(), language()),
        "per_minute": chosen.api_per_minute,
        "public_per_minute": chosen.api_public_per_minute,
        "address": f"{request.scheme}://{request.get_host()}",
        "pauses": announcing.PAUSES,
        "tries": announcing.TRIES,
    }
    return render(request, "api/about.html", context)


@public
@require_GET
def openapi(request: HttpRequest) -> JsonResponse:
    """Return what the interface says of itself."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@requires(Right.MANAGE_TOKENS)
def token_list(request: HttpRequest) -> HttpResponse:
    """Show every token, and make one; it is shown on the answer to its making, and never again."""
    wish, said, made, refused = None, "", None, None
    if request.method == "POST":
        wish = _wish(request)
        try:
            made, said = tokens.issue(actor_of(request), wish)
            wish = None
        except SuqiuError as error:
            refused = {"message": told(error.message), "hint": told(error.hint), "code": error.code}
    now = site().now()
    rows = [
        {"token": row, "holds": tokens.holds(row, now), "names": _names(row), "scope": _scope(row)}
        for row in ApiToken.objects.select_related("made_by").order_by("revoked_at", "name")
    ]
    city = site().city
    context = {
        "rows": rows, "made": made, "said": said, "refusal": refused, "wish": wish, "days": _DAYS,
        "rights": _grouped(wish.rights if wish else ()),
        "departments": city.departments,
        "regions": [one for one in city.regions if one.id.count(".") < 2],
        "categories": [one for one in city.taxonomy.categories if one.level < 3],
    }  # fmt: skip
    response = render(request, "api/tokens.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


@requires(Right.MANAGE_TOKENS)
@require_POST
def token_revoke(request: HttpRequest, name: str) -> HttpResponse:
    """Take a token back."""
    tokens.revoke(actor_of(request), name)
    messages.success(request, told(Text("已停用令牌“{name}”", "token “{name}” is taken back").fill(name=name)))
    return HttpResponseRedirect(reverse("api:tokens"))


@requires(Right.MANAGE_TOKENS)
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show what was sent to subscribers, and what did not arrive."""
    state = request.GET.get("state", "")
    if state not in {"", "waiting", "delivered", "dead"}:
        raise InvalidInput("webhook.state", Text("没有该状态", "no such state"), Text("请重新选择", "choose again"))
    rows = Delivery.objects.select_related("subscription__token").order_by("-pk")
    page = Paginator(rows.filter(state=state) if state else rows, _DELIVERIES).get_page(request.GET.get("page"))
    return render(request, "api/deliveries.html", {"page": page, "state": state})


@requires(Right.MANAGE_TOKENS)
@require_POST
def replay(request: HttpRequest, code: str) -> HttpResponse:
    """Send something anew."""
    row = Delivery.objects.select_related("subscription").filter(code=code).first()
    if row is None:
        raise NotFound("webhook.none", Text("没有该推送", "there is no such delivery"), Text("请刷新", "reload"))
    announcing.replay(actor_of(request), row)
    messages.success(request, told(Text("已重新排队推送", "it is on its way anew")))
    return HttpResponseRedirect(reverse("api:deliveries"))


def _wish(request: HttpRequest) -> tokens.Wish:
    days, limit = request.POST.get("days", ""), request.POST.get("per_minute", "").strip()
    return tokens.Wish(
        name=request.POST.get("name", "").strip(),
        rights=request.POST.getlist("rights"),
        departments=request.POST.getlist("departments"),
        regions=request.POST.getlist("regions"),
        categories=request.POST.getlist("categories"),
        days=int(days) if days.isdecimal() and len(days) < 5 else 0,
        per_minute=(int(limit) if limit.isdecimal() and len(limit) < 7 else 0) if limit else None,
    )


def _grouped(chosen: Any) -> list[dict[str, Any]]:
    """Return the rights that can be given: data first, then steps of the flow."""
    boxes = [
        {"code": code, "name": told(name), "chosen": code in chosen, "step": code.startswith("step.")}
        for code, name in GRANTABLE.items()
    ]
    return [
        {"name": told(Text("数据", "data")), "boxes": [box for box in boxes if not box["step"]]},
        {"name": told(Text("流程操作", "steps of the flow")), "boxes": [box for box in boxes if box["step"]]},
    ]


def _names(row: ApiToken) -> list[str]:
    return [told(GRANTABLE[code]) for code in row.rights if code in GRANTABLE]


def _scope(row: ApiToken) -> list[str]:
    city = site().city
    said = [city.department_by_id[one].name for one in row.departments if one in city.department_by_id]
    said += [city.region_by_id[one].name for one in row.regions if one in city.region_by_id]
    return said + [city.taxonomy.by_id[one].name for one in row.categories if one in city.taxonomy.by_id]
