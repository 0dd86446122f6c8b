"""The call form, its live reading, its drafts, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.order import OrderType, StepKind, Urgency
from suqiu.domain.text import Text
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import chain
from suqiu.web.desks.agent import call as calls
from suqiu.web.desks.agent import callers, queues, taking
from suqiu.web.live import answers, drafts, picking, similar
from suqiu.web.orders import flow
from suqiu.web.orders.actions import Deed
from suqiu.web.orders.models import Contact
from suqiu.web.wording import told

#: What can be proposed for a field, and the key that accepts it.
_SLOTS = (("type", "t"), ("category", "c"), ("place", "p"), ("urgency", "u"))
_LONGEST_SEARCH = 60


@requires(Right.AGENT_DESK)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Begin a new call."""
    return redirect("agent:call", drafts.new_code())


@requires(Right.AGENT_DESK)
@never_cache
@require_GET
def call(request: SignedIn, code: str) -> HttpResponse:
    """Show the form of a call, with what was typed before a reload or a crash."""
    fields = drafts.fields_of(request.user, code)
    said = calls.read(code, fields)
    actor = actor_of(request)
    demands = dict(said.demands) or {0: calls.Filled()}
    context: dict[str, Any] = {
        "call": said, "demands": demands, "empty": calls.Filled(), "restored": bool(fields),
        "languages": calls.LANGUAGES, "types": list(OrderType), "urgencies": list(Urgency), "slots": _SLOTS,
        "drafts": drafts.mine(request.user, code), "own": queues.own(request.user, flow.visible(actor)),
        "caller": callers.known(actor, said.phone) if said.phone else None,
    }  # fmt: skip
    return render(request, "agent/call.html", context)


@requires(Right.READ_LIVE)
@require_POST
def live(request: HttpRequest) -> HttpResponse:
    """Say what the text of one demand says so far; nothing of it is kept."""
    number = _number(request.POST.get("n", ""))
    said, actor = calls.one_demand(number, request.POST.dict()), actor_of(request)
    found = taking.heard(said)
    category = said.category or (found.category.value if found.category else "")
    place = said.place or (found.place.value if found.place else "")
    person = callers.person_of(request.POST.get("phone", ""))
    context = {
        "n": number, "said": said, "live": found, "slots": [(getattr(found, name), name, key) for name, key in _SLOTS],
        "alike": similar.similar(actor, found.text, category=category, place=place, person=person),
        "articles": answers.answers(actor, found.text, category),
    }  # fmt: skip
    return render(request, "agent/parts/live.html", context)


@requires(Right.AGENT_DESK)
@require_POST
def draft(request: SignedIn, code: str) -> HttpResponse:
    """Keep what is in the form, sealed."""
    kept = drafts.keep(request.user, code, calls.kept(request.POST.dict()))
    return render(request, "agent/parts/kept.html", {"draft": kept})


@requires(Right.AGENT_DESK)
@require_POST
def drop(request: SignedIn, code: str) -> HttpResponse:
    """Throw a draft away."""
    drafts.drop(request.user, code)
    return redirect("agent:desk")


@requires(Right.AGENT_DESK)
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """Say what is known of who has this number."""
    return render(
        request, "agent/parts/caller.html", {"caller": callers.known(actor_of(request), request.POST.get("phone", ""))}
    )


@requires(Right.AGENT_DESK)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Find orders by number, by the caller's number, or by words; the words are in no address and no log."""
    words = request.POST.get("words", "").strip()[:_LONGEST_SEARCH]
    orders = callers.found(actor_of(request), words) if words else []
    return render(request, "agent/parts/found.html", {"orders": orders, "words": words})


@requires(Right.READ_LIVE)
@require_GET
def pick(request: HttpRequest, kind: str) -> HttpResponse:
    """Offer what fits to what was typed into a field."""
    if kind not in picking.KINDS:
        raise NotFound(
            "pick.none", Text("没有这种选项", "there are no such choices"), Text("请刷新页面", "reload the page")
        )
    found = picking.choices(kind, request.GET.get("q", ""))
    return render(request, "agent/parts/choices.html", {"choices": found, "list": request.GET.get("list", "")[:40]})


@requires(Right.AGENT_DESK)
@require_POST
def submit(request: SignedIn, code: str) -> HttpResponse:
    """Take the call down and do what was chosen; the draft is gone once that is done."""
    contact = taking.take(actor_of(request), calls.read(code, request.POST.dict()))
    drafts.drop(request.user, code)
    address = reverse("agent:done", args=(contact.number,))
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@requires(Right.AGENT_DESK)
@require_GET
def done(request: SignedIn, number: str) -> HttpResponse:
    """Show what became of a call, and the way to the next."""
    contact = Contact.objects.filter(number=number, agent=request.user).first()
    if contact is None:
        raise NotFound(
            "call.none", Text("未找到这次来电", "no such call"), Text("请从工单查询进入", "look among the orders")
        )
    orders = flow.visible(actor_of(request)).filter(contact=contact).select_related("merged_into").order_by("number")
    return render(request, "agent/done.html", {"contact": contact, "orders": orders})


@requires(Right.AGENT_DESK)
@require_POST
def urge(request: HttpRequest, number: str) -> HttpResponse:
    """Urge an order about which somebody calls again."""
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise InvalidInput("urge.version", Text("请求不完整", "the request is incomplete"), Text("请重试", "try again"))
    actor = actor_of(request)
    reason = told(Text("来电人再次来电催办", "the caller called again"))
    order = flow.act(
        actor, number, Deed(StepKind.URGE, int(version), reason=reason, key=request.POST.get("key", "")[:80] or None)
    )
    chain.record(actor, "agent.urge", f"order:{order.number}")
    return render(request, "agent/parts/urged.html", {"order": order})


def _number(said: str) -> int:
    if not said.isdecimal() or int(said[:3]) >= calls.MOST_DEMANDS:
        raise InvalidInput(
            "call.demand", Text("诉求序号有误", "there is no such demand"), Text("请刷新页面", "reload the page")
        )
    return int(said)
