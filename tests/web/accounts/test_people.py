"""Who makes accounts, who grants, and what nobody may."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.web.accounts import people
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import SecondFactor, User
from suqiu.web.accounts.people import Grant
from suqiu.web.accounts.roles import Role
from suqiu.web.audit.models import Entry
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> Actor:
    return made.actor(made.user("system_admin"))


@pytest.fixture
def security() -> Actor:
    return made.actor(made.user("security_admin"))


@pytest.fixture
def in_earnest() -> Iterator[None]:
    """No demo."""
    kept = site().about
    site().save(replace(kept, demo=False))
    yield
    site().save(kept)


def test_an_account_is_made_without_roles_and_enters_with_a_password_to_be_changed(
    system: Actor, client: Client
) -> None:
    user, password = people.create(system, "Wang.Fang", "王芳", "2001")
    assert (user.username, user.roles, user.rights) == ("wang.fang", [], frozenset())
    answer = client.post("/accounts/login/", {"username": "wang.fang", "password": password})
    assert answer.status_code == 302
    assert client.get("/administration/users/")["Location"].startswith("/accounts/password/")
    new = "Yuhua-Lu-2026"
    said = {"old": password, "new": new, "again": new}
    assert client.post("/accounts/password/", said).status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert client.get("/administration/users/").status_code == 403, "still without roles"


@pytest.mark.parametrize(
    ("username", "full_name", "number"),
    [
        ("a", "王芳", "1"),  # too short
        ("wang fang", "王芳", "1"),  # a space
        ("王芳", "王芳", "1"),  # no letters
        ("wang*)(uid=*", "王芳", "1"),  # would widen a filter of a directory
        ("wangfang", "", "1"),
        ("wangfang", "王\n芳", "1"),
        ("wangfang", "王" * 61, "1"),
        ("wangfang", "王芳", ""),
        ("wangfang", "王芳", "工号"),
        ("taken", "王芳", "1"),
        ("wangfang", "王芳", "T-1"),
    ],
)
def test_a_name_that_cannot_be_is_refused(system: Actor, username: str, full_name: str, number: str) -> None:
    people.create(system, "taken", "张三", "T-1")
    with pytest.raises(InvalidInput):
        people.create(system, username, full_name, number)


def test_who_makes_accounts_grants_nothing_and_who_grants_makes_none(system: Actor, security: Actor) -> None:
    user, _ = people.create(system, "wangfang", "王芳", "2001")
    with pytest.raises(NotPermitted):
        people.grant(system, user, Grant(("agent",)))
    for forbidden in (
        lambda: people.create(security, "lisi", "李四", "2002"),
        lambda: people.disable(security, user, "离职"),
        lambda: people.enable(security, user),
        lambda: people.reset_password(security, user),
        lambda: people.rename(security, user, "王方"),
        lambda: people.reset_second_factor(system, user),
    ):
        with pytest.raises(NotPermitted):
            forbidden()
    people.grant(security, user, Grant(("agent",)))
    user.refresh_from_db()
    assert user.roles == ["agent"]


def test_neither_sees_orders_nor_the_audit(system: Actor, security: Actor) -> None:
    for actor in (system, security):
        assert not {"orders.see", "audit.read", "vault.reveal"} & actor.rights


def test_nobody_does_anything_to_an_account_of_their_own(system: Actor, security: Actor) -> None:
    assert system.user is not None
    assert security.user is not None
    made.user("system_admin")
    for forbidden in (
        lambda: people.grant(security, security.user, Grant(("agent",))),
        lambda: people.reset_second_factor(security, security.user),
        lambda: people.disable(system, system.user, "离职"),
        lambda: people.reset_password(system, system.user),
    ):
        with pytest.raises(NotPermitted):
            forbidden()


@pytest.mark.parametrize(
    "given",
    [
        Grant(("system_admin", "security_admin")),
        Grant(("audit_admin", "agent")),
        Grant(("security_admin", "leader", "analyst")),
        Grant(("system_admin",), departments=("D01",)),
        Grant(("handler",)),  # without a unit
        Grant(("handler", "dispatcher")),  # likewise: the other role would lift the limit
        Grant(("superuser",)),
        Grant(("agent",), departments=("D999",)),
        Grant(("agent",), regions=("99",)),
        Grant(("agent",), categories=("<script>",)),
    ],
)
def test_what_does_not_go_together_is_refused(security: Actor, given: Grant) -> None:
    user = made.user()
    with pytest.raises(InvalidInput):
        people.grant(security, user, given)
    user.refresh_from_db()
    assert user.roles == []
    assert not Entry.objects.filter(deed="user.grant").exists()


def test_the_last_of_each_administrator_stays(system: Actor, security: Actor) -> None:
    audit = made.user("audit_admin")
    made.user("audit_admin", is_active=False)
    for last in (audit, system.user):
        assert last is not None
        with pytest.raises(Conflict):
            people.grant(security, last, Grant(("agent",)))
    for last in (audit, security.user):
        assert last is not None
        with pytest.raises(Conflict):
            people.disable(system, last, "离职")
    second = made.user("audit_admin")
    people.disable(system, second, "离职")
    with pytest.raises(Conflict):
        people.disable(system, audit, "离职")
    people.enable(system, second)
    people.disable(system, audit, "离职")


def test_a_grant_signs_out_and_is_audited_with_all_it_gives(security: Actor, client: Client) -> None:
    user = made.user("agent")
    client.force_login(user)
    people.grant(security, user, Grant(("handler",), ("D02", "D01")))
    assert client.get("/accounts/").status_code == 302
    line = Entry.objects.get(deed="user.grant")
    assert (line.subject, line.actor) == (f"user:{user.number}", security.label)
    assert line.detail["roles"] == ["handler"]
    assert line.detail["departments"] == ["D01", "D02"]


def test_a_disabled_account_is_out_at_once_and_needs_a_reason(system: Actor, client: Client) -> None:
    user = made.user("agent")
    client.force_login(user)
    with pytest.raises(InvalidInput):
        people.disable(system, user, " ")
    people.disable(system, user, "调岗")
    assert client.get("/accounts/").status_code == 302
    assert not User.objects.get(pk=user.pk).rights


def test_outside_a_demo_only_an_account_made_their_own_becomes_an_administrator(
    system: Actor, security: Actor, in_earnest: None
) -> None:
    user, _ = people.create(system, "wangfang", "王芳", "2001")
    with pytest.raises(Conflict):
        people.grant(security, user, Grant(("audit_admin",)))
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.refresh_from_db()
    with pytest.raises(Conflict):
        people.grant(security, user, Grant(("audit_admin",)))
    SecondFactor.objects.create(user=user, sealed=b"", since=site().now())
    people.grant(security, user, Grant(("audit_admin",)))


def test_outside_a_demo_an_administrator_first_binds_a_second_factor(client: Client, in_earnest: None) -> None:
    client.force_login(made.user(Role.SYSTEM_ADMIN))
    assert client.get("/administration/users/")["Location"].startswith("/accounts/second-factor/")
    assert client.get("/accounts/second-factor/").status_code == 200
    client.force_login(made.user(Role.AGENT))
    assert client.get("/accounts/").status_code == 200


def test_the_first_administrators_are_made_once() -> None:
    names = [("root", "系统管理员", "1", Role.SYSTEM_ADMIN), ("guard", "安全管理员", "2", Role.SECURITY_ADMIN)]
    made_now = people.first_administrators(names)
    assert [(user.roles, user.must_change_password) for user, _ in made_now] == [
        (["system_admin"], True),
        (["security_admin"], True),
    ]
    with pytest.raises(Conflict):
        people.first_administrators(names)


def test_an_administrator_who_lost_everything_is_let_in_from_the_machine(client: Client, system: Actor) -> None:
    assert system.user is not None
    password = people.rescue(system.user.username)
    answer = client.post("/accounts/login/", {"username": system.user.username, "password": password})
    assert answer.status_code == 302
    with pytest.raises(NotFound):
        people.rescue("nobody")


def signed_in(*roles: str) -> Client:
    client = Client()
    client.force_login(made.user(*roles))
    return client


def test_accounts_are_found_by_name_role_and_state() -> None:
    client = signed_in("security_admin")
    made.user("handler", departments=("D01",), full_name="王小芳")
    made.user("agent", full_name="李雷", is_active=False)
    page = client.get("/administration/users/?text=小芳").content.decode()
    assert "王小芳" in page
    assert "李雷" not in page
    page = client.get("/administration/users/?role=handler").content.decode()
    assert "王小芳" in page
    assert "李雷" not in page
    page = client.get("/administration/users/?state=disabled").content.decode()
    assert "李雷" in page
    assert "王小芳" not in page
    assert client.get("/administration/users/?page=999&role=<b>").status_code == 200


def test_the_pages_make_and_grant() -> None:
    system, security = signed_in("system_admin"), signed_in("security_admin")
    said = {"username": "wangfang", "full_name": "王芳<script>", "number": "2001"}
    page = system.post("/administration/users/new/", said)
    assert page.status_code == 200
    assert "<script>王" not in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    user = User.objects.get(username="wangfang")
    at = f"/administration/users/{user.pk}/"
    assert system.post("/administration/users/new/", said).status_code == 422
    assert security.post(f"{at}grant/", {"roles": ["handler"]}).status_code == 422
    assert security.post(f"{at}grant/", {"roles": ["handler"], "departments": ["D01"]}).status_code == 302
    assert security.get(at).status_code == 200
    assert system.post(f"{at}name/", {"full_name": "王方"}).status_code == 302
    assert "-" in system.post(f"{at}password/").content.decode()
    assert system.post(f"{at}disable/", {"reason": ""}).status_code == 422
    assert system.post(f"{at}disable/", {"reason": "离职"}).status_code == 302
    assert system.post(f"{at}enable/").status_code == 302
    assert system.get("/administration/users/999999/").status_code == 404
    user.refresh_from_db()
    assert (user.full_name, user.roles, user.is_active) == ("王方", ["handler"], True)


def table(*rows: str) -> io.BytesIO:
    file = io.BytesIO("\n".join(rows).encode("gb18030"))
    file.name = "用户.csv"
    return file


def test_a_table_of_accounts_is_looked_through_before_anything_is_made() -> None:
    system = signed_in("system_admin")
    rows = ("姓名,工号,用户名", "王芳,3001,wangfang", "李四,3002,李四", "赵六,3001,zhaoliu", ",,", "钱七,3003,qianqi")
    page = system.post("/administration/users/import/", {"file": table(*rows)})
    assert page.status_code == 200
    assert "可建立2个，有误2个" in page.content.decode()
    assert not User.objects.filter(username="wangfang").exists()
    system.post("/administration/users/import/done/")
    assert set(User.objects.filter(number__startswith="300").values_list("username", flat=True)) == {
        "wangfang",
        "qianqi",
    }
    assert all(not one.roles and one.must_change_password for one in User.objects.filter(number__startswith="300"))
    assert system.post("/administration/users/import/done/").status_code == 302, "once"


@pytest.mark.parametrize("rows", [("姓名,工号",), ("",), ("姓名,工号,用户名", *["a,1,b"] * 501)])
def test_a_table_that_cannot_be_used_is_refused(rows: tuple[str, ...]) -> None:
    system = signed_in("system_admin")
    assert system.post("/administration/users/import/", {"file": table(*rows)}).status_code == 422
    broken = io.BytesIO(b"PK\x03\x04 no workbook")
    broken.name = "users.xlsx"
    assert system.post("/administration/users/import/", {"file": broken}).status_code == 422
