"""Pages of accounts and of what they may do."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suqiu.domain.errors import Conflict, InvalidInput, NotPermitted, SuqiuError
from suqiu.web.accounts import people
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.models import SecondFactor, User
from suqiu.web.accounts.rights_table import right_names
from suqiu.web.accounts.roles import ADMINISTRATORS, RIGHTS, ROLE_NAMES, UNIT_BOUND, Right, Role
from suqiu.web.desks.administration.users import listing
from suqiu.web.refusals import STATUS

_EITHER = (Right.MANAGE_USERS, Right.GRANT_ROLES)


@requires(*_EITHER)
@require_safe
def listed(request: SignedIn) -> HttpResponse:
    """List accounts."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("text", "role", "state")}
    page = Paginator(listing.found(**asked), listing.PAGE).get_page(request.GET.get("page"))
    context = {
        **asked,
        "page": page,
        "rows": [(one, [ROLE_NAMES[role] for role in sorted(one.role_set)]) for one in page],
        "role_names": ROLE_NAMES.items(),
        "states": listing.STATES.items(),
        "query": urlencode({key: value for key, value in asked.items() if value}),
        "may_make": request.user.may(Right.MANAGE_USERS),
    }
    return render(request, "administration/users/list.html", context)


@requires(Right.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedIn) -> HttpResponse:
    """Make an account."""
    said = {name: request.POST.get(name, "")[:200] for name in ("username", "full_name", "number")}
    if request.method != "POST":
        return render(request, "administration/users/new.html", said)
    try:
        user, password = people.create(actor_of(request), **said)
    except InvalidInput as error:
        return render(request, "administration/users/new.html", {**said, "wrong": error}, status=422)
    return render(request, "administration/users/password.html", {"made": [(user, password)], "new": True})


@requires(*_EITHER)
@require_safe
def shown(request: SignedIn, user_id: int) -> HttpResponse:
    """Show an account."""
    return _page(request, people.find(actor_of(request), user_id))


def _page(
    request: SignedIn, person: User, wrong: SuqiuError | None = None, given: people.Grant | None = None
) -> HttpResponse:
    """Show an account with what may be done to it; `given` is what a refused grant said."""
    held = given or people.Grant(*(tuple(part) for part in (
        person.roles, person.departments, person.regions, person.categories
    )))  # fmt: skip
    context = {
        "person": person,
        "wrong": wrong,
        "given": held,
        "roles": [ROLE_NAMES[role] for role in sorted(person.role_set)],
        "factor": SecondFactor.objects.filter(user=person).first(),
        "oneself": person.pk == request.user.pk,
        "may_make": request.user.may(Right.MANAGE_USERS),
        "may_grant": request.user.may(Right.GRANT_ROLES),
        "daily": [(role, ROLE_NAMES[role]) for role in Role if role not in ADMINISTRATORS],
        "administrators": [(role, ROLE_NAMES[role]) for role in Role if role in ADMINISTRATORS],
        "unit_bound": UNIT_BOUND,
        "departments": listing.departments(),
        "regions": listing.regions(),
        "categories": listing.categories(),
    }
    status = 200 if wrong is None else next(code for kind, code in STATUS.items() if isinstance(wrong, kind))
    return render(request, "administration/users/user.html", context, status=status)


def _done(person: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("administration:user", args=[person.pk]))


@requires(Right.MANAGE_USERS)
@require_POST
def rename(request: SignedIn, user_id: int) -> HttpResponse:
    """Correct a name."""
    actor = actor_of(request)
    person = people.find(actor, user_id)
    try:
        people.rename(actor, person, request.POST.get("full_name", "")[:200])
    except InvalidInput as error:
        return _page(request, person, error)
    messages.success(request, _("姓名已更正。"))
    return _done(person)


@requires(Right.MANAGE_USERS)
@require_POST
def disable(request: SignedIn, user_id: int) -> HttpResponse:
    """Take an account out of use."""
    actor = actor_of(request)
    person = people.find(actor, user_id)
    try:
        people.disable(actor, person, request.POST.get("reason", "")[:200])
    except (InvalidInput, Conflict, NotPermitted) as error:
        return _page(request, person, error)
    messages.success(request, _("账户已停用，其登录已全部退出。"))
    return _done(person)


@requires(Right.MANAGE_USERS)
@require_POST
def enable(request: SignedIn, user_id: int) -> HttpResponse:
    """Take an account into use again."""
    actor = actor_of(request)
    person = people.find(actor, user_id)
    people.enable(actor, person)
    messages.success(request, _("账户已启用。"))
    return _done(person)


@requires(Right.MANAGE_USERS)
@require_POST
def password(request: SignedIn, user_id: int) -> HttpResponse:
    """Show a password to be used once; this answer is the only one that has it."""
    actor = actor_of(request)
    person = people.find(actor, user_id)
    made = people.reset_password(actor, person)
    return render(request, "administration/users/password.html", {"made": [(person, made)]})


@requires(Right.GRANT_ROLES)
@require_POST
def second_factor(request: SignedIn, user_id: int) -> HttpResponse:
    """Take away a second factor that was lost."""
    actor = actor_of(request)
    person = people.find(actor, user_id)
    people.reset_second_factor(actor, person)
    messages.success(request, _("动态口令已重置，其登录已全部退出。"))
    return _done(person)


@requires(Right.GRANT_ROLES)
@require_POST
def grant(request: SignedIn, user_id: int) -> HttpResponse:
    """Say what somebody may do."""
    actor = actor_of(request)
    person = people.find(actor, user_id)
    parts = (tuple(request.POST.getlist(name)) for name in ("roles", "departments", "regions", "categories"))
    given = people.Grant(*parts)
    try:
        people.grant(actor, person, given)
    except (InvalidInput, Conflict, NotPermitted) as error:
        return _page(request, person, error, given)
    messages.success(request, _("授权已保存，其登录已全部退出，重新登录后生效。"))
    return _done(person)


@requires(*_EITHER)
@require_safe
def roles(request: SignedIn) -> HttpResponse:
    """Show which role may do what."""
    names = right_names()
    rows = [(name, [right in RIGHTS[role] for role in Role]) for right, name in names.items()]
    return render(request, "administration/users/roles.html", {"role_names": list(ROLE_NAMES.values()), "rows": rows})
