"""The pages of the citizens: ask, follow, rate, reopen, look at public figures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from suqiu.domain.errors import InvalidInput, NotFound, NotPermitted
from suqiu.domain.order import NAMES, Satisfaction, Status, StepKind
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.guard import public
from suqiu.web.accounts.roles import Right, step_right
from suqiu.web.knowledge import shelf
from suqiu.web.live import reading
from suqiu.web.orders import flow, tracking
from suqiu.web.orders.actions import Deed
from suqiu.web.orders.models import Order, Step
from suqiu.web.portal import progress
from suqiu.web.portal.figures import public_figures as figures_of
from suqiu.web.portal.forms import TYPES, Filled
from suqiu.web.site import site
from suqiu.web.vault.safe import Identity
from suqiu.web.wording import language, told

_PHOTOS_MOST = 6
_PASSAGES_MOST = 60
_TRIES, _WITHIN_SECONDS = 12, 600


def _citizen(request: HttpRequest) -> Actor:
    """Return a citizen who may ask, and do to an order whose code is known what a citizen may."""
    steps = {step_right(kind) for kind in (StepKind.ACCEPT, StepKind.RATE, StepKind.URGE, StepKind.REOPEN)}
    address = str(request.META.get("REMOTE_ADDR", ""))
    return Actor("citizen", frozenset(steps | {Right.SEE_ORDERS, Right.ATTACH}), address=address)


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the three things a citizen can do."""
    return render(request, "portal/home.html", {"page": "home"})


@public
@never_cache
@require_safe
def submit(request: HttpRequest) -> HttpResponse:
    """Show the form."""
    return _form(request, Filled(type=request.GET.get("type", ""), key=secrets.token_urlsafe(16)), {})


@public
@never_cache
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Show what was filled in, what it was understood as, and what would help; nothing is kept yet."""
    filled = Filled.read(request.POST)
    faults = filled.faults()
    if faults or "back" in request.POST:
        return _form(request, filled, faults)
    live = reading.read(filled.text, site().now())
    return render(
        request, "portal/check.html", {"page": "submit", "filled": filled, "live": live, "most": _PHOTOS_MOST}
    )


@public
@never_cache
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take the request down and tell its number and code; the same form sent again is the same request."""
    filled = Filled.read(request.POST)
    faults = filled.faults()
    if faults:
        return _form(request, filled, faults)
    _slowly(request, "send")
    actor, code = _citizen(request), _code_for(filled.key)
    coming = flow.Coming(
        channel="web", identity=Identity(filled.name, filled.phone), secret=bool(filled.secret), track_code=code
    )
    demand = flow.Demand(
        title=filled.title,
        text=filled.text,
        type=filled.type,
        place=filled.place,
        address=filled.address,
        suggestions=reading.read(filled.text, site().now()).suggestions(),
        key=f"portal:{filled.key}",
    )
    _, orders = flow.accept(actor, coming, [demand])
    refused = _keep_photos(request, actor, orders[0].number)
    _follow(request, orders[0].number, code)
    request.session["sent"] = {"number": orders[0].number, "code": code, "refused": refused}
    return redirect("portal:sent")


@public
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Show number and code, once more after a reload."""
    said = request.session.get("sent")
    if not said:
        return redirect("portal:home")
    return render(request, "portal/sent.html", {"page": "submit", **said})


@public
@never_cache
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and code, and open the order."""
    if request.method != "POST":
        following = sorted(request.session.get("following", {}))
        return render(request, "portal/track.html", {"page": "track", "following": following})
    _slowly(request, "track")
    number, code = request.POST.get("number", "").strip().upper(), request.POST.get("code", "").strip()
    found = Order.objects.filter(number=number, track_mark=tracking.mark(code) or None).exists()
    if not found:
        said = {"fault": told(Text("编号或查询码不正确，请核对后重试", "number or code is not right; check them"))}
        return render(request, "portal/track.html", {"page": "track", "number": number, **said}, status=422)
    _follow(request, number, code)
    return redirect("portal:order", number)


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget, on this device, what was followed: for a shared computer."""
    request.session.flush()
    return redirect("portal:home")


@public
@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show how far an order is."""
    return _order_page(request, _followed(request, number), {})


@public
@never_cache
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what the citizen says of the handling."""
    one = _followed(request, number)
    solved = {"yes": True, "no": False}.get(request.POST.get("solved", ""))
    satisfaction = request.POST.get("satisfaction", "")
    if solved is None or satisfaction not in {str(grade) for grade in Satisfaction}:
        fault = Text("请选择是否解决和满意程度", "say whether it was solved and how satisfied you are")
        return _order_page(request, one, {"rate_fault": told(fault)}, 422)
    words = request.POST.get("text", "").strip()[:500]
    flow.act(
        _citizen(request),
        number,
        Deed(StepKind.RATE, one.version, text=words, solved=solved, satisfaction=satisfaction),
    )
    return redirect("portal:order", number)


@public
@never_cache
@require_POST
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Begin anew what the citizen says was not solved."""
    one = _followed(request, number)
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 4:
        fault = Text("请说明哪里没有解决，至少4个字", "say what is not solved, in four characters or more")
        return _order_page(request, one, {"reopen_fault": told(fault)}, 422)
    flow.reopen_by_citizen(number, request.session["following"][number], reason, key=request.POST.get("key") or None)
    return redirect("portal:order", number)


@public
@never_cache
@require_POST
def urge(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the unit to hurry; once in a day."""
    one = _followed(request, number)
    last = one.steps.filter(kind=StepKind.URGE, actor="citizen").order_by("-seq").first()
    if last is not None and (site().now() - last.at).total_seconds() < 24 * 3600:
        return _order_page(
            request,
            one,
            {"urge_fault": told(Text("今天已催办过，请耐心等待", "urged today already; please wait"))},
            422,
        )
    deed = Deed(StepKind.URGE, one.version, reason="市民催办")
    flow.act(_citizen(request), number, deed)
    return redirect("portal:order", number)


@public
@never_cache
@require_POST
def photos(request: HttpRequest, number: str) -> HttpResponse:
    """Keep more photos with an order."""
    one = _followed(request, number)
    _slowly(request, "photos")
    refused = _keep_photos(request, _citizen(request), one.number)
    if refused:
        return _order_page(request, one, {"refused": refused}, 422)
    return redirect("portal:order", number)


@public
@require_safe
def public_figures(request: HttpRequest) -> HttpResponse:
    """Show what anybody may know: how much, about what, where, how well, never about whom."""
    return render(request, "portal/public.html", {"page": "public", "figures": figures_of(language())})


@public
@require_safe
def knowledge(request: HttpRequest) -> HttpResponse:
    """Show what is often asked, with its answers."""
    wanted = request.GET.get("q", "").strip()[:60]
    found = shelf.search(Actor("citizen"), wanted)[:_PASSAGES_MOST]
    return render(request, "portal/knowledge.html", {"page": "knowledge", "passages": found, "q": wanted})


def _form(request: HttpRequest, filled: Filled, faults: dict[str, Text]) -> HttpResponse:
    regions = site().city.regions
    streets = [one for one in regions if one.id.count(".") == 1]
    districts = [
        (one, [street for street in streets if street.parent == one.id]) for one in regions if "." not in one.id
    ]
    context = {
        "page": "submit",
        "filled": filled,
        "faults": {name: told(fault) for name, fault in faults.items()},
        "types": [(str(kind), told(NAMES[kind]), told(about)) for kind, about in TYPES],
        "districts": districts,
    }
    return render(request, "portal/submit.html", context, status=422 if faults else 200)


def _order_page(request: HttpRequest, one: Order, more: dict[str, Any], status: int = 200) -> HttpResponse:
    steps: Sequence[Step] = list(one.steps.all())
    if one.merged_into is not None:
        since = max((step.at for step in steps if step.kind == StepKind.MERGE), default=one.accepted_at)
        spoken = {StepKind.REPLY, StepKind.PASS_REVIEW, StepKind.CLOSE}
        together = one.merged_into.steps.filter(kind__in=spoken, at__gte=since)
        steps = [*steps, *together]
    units = {unit.id: unit.name for unit in site().city.departments}
    state = Status(one.status)
    context = {
        "page": "track",
        "order": one,
        "stations": [told(name) for name, _ in progress.STATIONS],
        "reached": progress.station(one),
        "lines": progress.lines(steps, units),
        "grades": [(str(grade), told(NAMES[grade])) for grade in Satisfaction],
        "may_rate": _allows(one, StepKind.RATE),
        "may_reopen": _allows(one, StepKind.REOPEN),
        "may_urge": _allows(one, StepKind.URGE) and state is not Status.ACCEPTED,
        "own_photos": one.attachments.filter(kind="demand").count(),
        "most": _PHOTOS_MOST,
        "key": secrets.token_urlsafe(12),
        **more,
    }
    return render(request, "portal/order.html", context, status=status)


def _allows(one: Order, kind: StepKind) -> bool:
    """Say whether a step is legal from where the order stands."""
    return kind in flow.next_steps(one)


def _keep_photos(request: HttpRequest, actor: Actor, number: str) -> list[str]:
    """Keep the photos that came along; return in words what could not be kept: the request itself stands."""
    refused = []
    files = request.FILES.getlist("photos")
    for file in files[:_PHOTOS_MOST]:
        try:
            flow.attach(actor, number, "demand", file.name or "photo", file.read())
        except InvalidInput as error:
            refused.append(f"{(file.name or '')[:40]}：{told(error.message)}")
    if len(files) > _PHOTOS_MOST:
        refused.append(told(Text("最多上传{most}张", "no more than {most} photos").fill(most=_PHOTOS_MOST)))
    return refused


def _code_for(key: str) -> str:
    """Return the code for a filling: the same when the same form is sent again within a day."""
    known = cache.get(f"portal-code:{key}") if key else None
    if isinstance(known, str):
        return known
    code = tracking.new_code()
    if key:
        cache.set(f"portal-code:{key}", code, 24 * 3600)
    return code


def _follow(request: HttpRequest, number: str, code: str) -> None:
    following = request.session.get("following", {})
    following[number] = code
    request.session["following"] = dict(list(following.items())[-20:])


def _followed(request: HttpRequest, number: str) -> Order:
    """Return an order whose code this citizen has given."""
    code = request.session.get("following", {}).get(number, "")
    one = Order.objects.filter(number=number, track_mark=tracking.mark(code) or None).first()
    if one is None:
        raise NotFound(
            "portal.not_followed",
            Text("请先用工单编号和查询码查询", "look it up by its number and code first"),
            Text("查询码在提交成功时告知", "the code was told when the request was sent"),
        )
    return one


def _slowly(request: HttpRequest, what: str) -> None:
    """Refuse more than a dozen tries in ten minutes from one address."""
    name = f"portal:{what}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(name, 0, _WITHIN_SECONDS)
    if cache.incr(name) > _TRIES:
        raise NotPermitted(
            "portal.too_often",
            Text("操作过于频繁，请十分钟后再试", "too many tries; please wait ten minutes"),
            Text("紧急情况请拨打12345或110、119、120", "if it is urgent call 12345, or 110, 119, 120"),
        )
