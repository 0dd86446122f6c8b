"""One's own account: who one is here, password, second factor, and the browsers one is signed in with."""

from __future__ import annotations

import base64
import io

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.accounts import held, passwords, second_factor, sessions
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.entrance import wanted
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.models import SecondFactor
from suqiu.web.accounts.roles import ROLE_NAMES

_SECRET = "second_factor_secret"  # noqa: S105 — the name of a place in the session


@requires(while_held=True)
@require_safe
def account(request: SignedIn) -> HttpResponse:
    """Show one's own account."""
    user = request.user
    context = {
        "roles": [ROLE_NAMES[role] for role in sorted(user.role_set)],
        "duty": held.duty(request, user),
        "has_password": user.has_usable_password(),
        "factor": SecondFactor.objects.filter(user=user).first(),
        "factor_required": second_factor.is_required(user),
        "sign_ins": list(user.sign_ins.all()[:20]),
        "here": sessions.current(request),
        "password_until": user.password_set_at and user.password_set_at + passwords.GREATEST_AGE,
    }
    return render(request, "accounts/account.html", context)


@requires(while_held=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SignedIn) -> HttpResponse:
    """Change one's own password."""
    user = request.user
    context: dict[str, object] = {
        "rules": passwords.RULES,
        "duty": held.duty(request, user),
        "user_now": user,
        "next": wanted(request),
    }
    if request.method != "POST":
        return render(request, "accounts/password.html", context)
    said = [request.POST.get(name, "")[: passwords.LONGEST + 1] for name in ("old", "new", "again")]
    try:
        passwords.change(actor_of(request), user, said[0], said[1], said[2], here=sessions.current(request))
    except InvalidInput as error:
        context["wrong"] = error.message
        return render(request, "accounts/password.html", context, status=422)
    update_session_auth_hash(request, user)  # this browser stays, with a new session
    messages.success(request, _("口令已更改，其他登录已全部退出。"))
    return HttpResponseRedirect(wanted(request) if request.POST.get("next") else reverse("accounts:account"))


@requires(while_held=True)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: SignedIn) -> HttpResponse:
    """Bind an authenticator app; who has one already shows a code of it, so that a forgotten screen binds nothing."""
    user = request.user
    secret = str(request.session.get(_SECRET) or second_factor.new_secret())
    request.session[_SECRET] = secret
    bound = second_factor.is_on(user)
    context = {
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        "square": _square(second_factor.address(user, secret)),
        "duty": held.duty(request, user),
        "bound": bound,
    }
    if request.method != "POST":
        return render(request, "accounts/second_factor.html", context)
    try:
        if bound:
            _prove(request)
        said = "".join(request.POST.get("code", "").split())[:40]
        codes = second_factor.turn_on(actor_of(request), user, secret, said, here=sessions.current(request))
    except InvalidInput as error:
        return render(request, "accounts/second_factor.html", {**context, "wrong": error.message}, status=422)
    del request.session[_SECRET]
    return render(request, "accounts/recovery.html", {"codes": codes})


@requires(while_held=True)
@sensitive_post_parameters()
@require_POST
def unbind(request: SignedIn) -> HttpResponse:
    """Prove with the password alone from now on."""
    _prove(request)
    second_factor.turn_off(actor_of(request), request.user)
    messages.success(request, _("动态口令已停用。"))
    return HttpResponseRedirect(reverse("accounts:account"))


@requires(while_held=True)
@sensitive_post_parameters()
@require_POST
def recovery(request: SignedIn) -> HttpResponse:
    """Make new recovery codes."""
    _prove(request)
    return render(
        request, "accounts/recovery.html", {"codes": second_factor.renew_recovery(actor_of(request), request.user)}
    )


@requires(while_held=True)
@require_POST
def end_others(request: SignedIn) -> HttpResponse:
    """Sign oneself out in every other browser."""
    count = sessions.end_all(request.user, but=sessions.current(request))
    messages.success(request, _("已退出其他%(count)d处登录。") % {"count": count})
    return HttpResponseRedirect(reverse("accounts:account"))


def _prove(request: SignedIn) -> None:
    """Ask for a present code before anything that weakens the account.

    Raises:
        InvalidInput: it is wrong.
    """
    if not second_factor.is_right(request.user, request.POST.get("present", "")[:40]):
        raise InvalidInput(
            "second_factor.wrong",
            Text("当前动态口令不正确", "the present code is wrong"),
            Text("请输入手机上最新的6位数字或一个恢复码", "type the newest six digits, or a recovery code"),
        )


def _square(content: str) -> str:
    """Draw a square code as the address of a picture."""
    drawn = io.BytesIO()
    qrcode.make(content, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=12, border=2).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
