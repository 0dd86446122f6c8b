"""The first page of the desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from suqiu.web.accounts.guard import SignedIn, requires
from suqiu.web.accounts.roles import Right
from suqiu.web.desks.administration import sections


@requires(
    Right.MANAGE_SITE, Right.MANAGE_USERS, Right.GRANT_ROLES, Right.MANAGE_MODELS, Right.EDIT_CITY, Right.MANAGE_TOKENS
)
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """Show the sections that this person may use."""
    return render(request, "administration/index.html", {"sections": sections.open_to(request.user)})
