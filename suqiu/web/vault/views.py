"""The vault's pages: a caller shown for a minute, originals, and words passed on."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.orders import flow
from suqiu.web.site import site
from suqiu.web.vault import relay, safe
from suqiu.web.vault.watermark import drawing, mark

#: Seconds for which a caller is shown.
SHOWN_SECONDS = 60
_A_PAGE = 50


@requires(Right.REVEAL_CALLER)
@require_POST
def reveal(request: SignedIn, number: str) -> HttpResponse:
    """Show who called about an order, for a minute, marked with who looks."""
    identity = safe.reveal(actor_of(request), number, request.POST.get("reason", ""))
    return _shown(request, number, {"identity": identity})


@requires(Right.REVEAL_CALLER)
@require_POST
def original(request: SignedIn, number: str) -> HttpResponse:
    """Show a text of an order as it was given, for a minute, marked with who looks."""
    subject = request.POST.get("subject", "") or f"order:{number}:text"
    text = safe.unseal_text(actor_of(request), subject, request.POST.get("reason", ""))
    return _shown(request, number, {"original": text})


def _shown(request: SignedIn, number: str, what: dict[str, Any]) -> HttpResponse:
    user, now = request.user, site().now()
    if (identity := what.get("identity")) is not None:
        rows = [(gettext("姓名"), identity.name), (gettext("电话"), identity.phone)]
        rows.append((gettext("其他联系方式"), identity.contact))
        what = {"rows": [(label, mark(value, user.number, now)) for label, value in rows if value]}
    else:
        what = {"original": mark(what["original"], user.number, now)}
    what |= {"number": number, "seconds": SHOWN_SECONDS, "drawing": drawing(user, now)}
    page = "vault/shown.html" if request.headers.get("HX-Request") else "vault/shown_page.html"
    response = render(request, page, what)
    response["Cache-Control"] = "no-store"
    if not request.headers.get("HX-Request"):
        response["Refresh"] = f"{SHOWN_SECONDS}; url=/orders/{number}/"
    return response


@requires(Right.REVEAL_CALLER)
@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    """Take the place of what was shown for a minute."""
    return render(request, "vault/hidden.html")


@requires(Right.RELAY)
@require_safe
def relays(request: HttpRequest) -> HttpResponse:
    """List the words that wait to be passed on, or those that were."""
    actor = actor_of(request)
    answered = request.GET.get("answered") == "1"
    page = Paginator(relay.in_scope(actor, answered=answered), _A_PAGE).get_page(request.GET.get("page"))
    told = {"page": page, "answered": answered, "centre": not safe.is_of_unit(actor), "longest": relay.LONGEST}
    return render(request, "vault/relays.html", told)


@requires(Right.RELAY)
@require_safe
def of_order(request: HttpRequest, number: str) -> HttpResponse:
    """Show the words passed about one order, and a field for another: a part of the order's page."""
    return _of_order(request, number)


@requires(Right.RELAY)
@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Take down what a unit asks or tells the caller."""
    relay.ask(actor_of(request), number, request.POST.get("message", ""))
    if not request.headers.get("HX-Request"):
        return redirect("vault:relays")
    return _of_order(request, number)


def _of_order(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    order = flow.find(actor, number)
    told = {"number": number, "words": relay.of_order(actor, order), "longest": relay.LONGEST}
    page = "vault/of_order.html" if request.headers.get("HX-Request") else "vault/of_order_page.html"
    return render(request, page, told)


@requires(Right.RELAY)
@require_POST
def answer(request: HttpRequest, relay_id: int) -> HttpResponse:
    """Take down what the caller said."""
    relay.pass_on(actor_of(request), relay_id, request.POST.get("answer", ""))
    return redirect("vault:relays")
