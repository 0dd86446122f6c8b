"""The people who work here."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from suqiu.web.accounts.roles import Role, rights_of
from suqiu.web.accounts.scope import Scope


class User(AbstractUser):
    """Somebody who works here 用户.

    Django's own flags `is_staff` and `is_superuser` give no rights here: `roles` do, and only they.

    Attributes:
        full_name: as colleagues know the person.
        number: the job number 工号 that stands in the history of orders.
        roles: codes of `Role`.
        departments: units whose orders are meant, each with the units below it; empty is no limit by unit.
        regions: region ids whose orders are meant, each with what lies in it; empty is no limit by region.
        categories: category ids, likewise.
        must_change_password: the password was given by somebody else.
        password_set_at: when the password was last set, for its greatest age.
    """

    full_name = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=30, unique=True)
    roles = models.JSONField(default=list)
    departments = models.JSONField(default=list, blank=True)
    regions = models.JSONField(default=list, blank=True)
    categories = models.JSONField(default=list, blank=True)
    must_change_password = models.BooleanField(default=False)
    password_set_at = models.DateTimeField(null=True, blank=True)

    @property
    def role_set(self) -> frozenset[Role]:
        """The roles this person holds."""
        return frozenset(Role(code) for code in self.roles)

    @cached_property
    def rights(self) -> frozenset[str]:
        """Everything that this person may do."""
        return rights_of(self.role_set) if self.is_active else frozenset()

    @cached_property
    def scope(self) -> Scope:
        """The orders this person may see."""
        return Scope.of(self.role_set, self.departments, self.regions, self.categories)

    def may(self, right: str) -> bool:
        """Say whether the person has a right."""
        return right in self.rights

    def __str__(self) -> str:
        return self.full_name or self.username


class SignIn(models.Model):
    """A browser in which somebody is signed in 登录会话; without its line the browser is signed out.

    Attributes:
        user: who.
        mark: keyed hash of the code that the session carries.
        started_at, seen_at: since when, and when it was last used.
        address, browser: from where, and what the browser says it is.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    mark = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        """The newest first."""

        ordering = ("-seen_at",)


class OldPassword(models.Model):
    """The hash of a password that somebody had, so that it is not taken again 历史口令."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="old_passwords")
    encoded = models.CharField(max_length=128)
    until = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering = ("-until", "-id")


class SecondFactor(models.Model):
    """What somebody proves with besides the password: a code of the moment 动态口令.

    Attributes:
        user: whose.
        sealed: the shared secret, sealed.
        counter: of the last code taken, so that none is taken twice.
        recovery: keyed hashes of the recovery codes not used yet.
        since: when it was turned on.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    sealed = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    recovery = models.JSONField(default=list)
    since = models.DateTimeField()
