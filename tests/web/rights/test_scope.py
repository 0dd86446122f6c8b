"""What lies outside somebody's scope is not there: on no page, in no file, no count, no refusal."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from suqiu.domain.order import StepKind
from suqiu.web.accounts.guard import ANYBODY, SIGNED_IN, TOKEN
from suqiu.web.accounts.models import User
from suqiu.web.accounts.roles import RIGHTS, Role
from suqiu.web.api import tokens
from suqiu.web.api.rights import GRANTABLE
from suqiu.web.orders import flow
from suqiu.web.orders.models import Attachment, Order
from suqiu.web.site import Site, site
from suqiu.web.vault.safe import Identity
from tests.web import made
from tests.web.rights import addresses
from tests.web.rights.addresses import Address
from tests.web.rights.alike import bare

pytestmark = pytest.mark.django_db
EVERY = [address for address in addresses.every() if not address.lacking() and "logout" not in address.route]
#: All but one's own account, which has secrets that are new each time, and nothing of orders.
PAGES = [
    address for address in EVERY
    if not {ANYBODY, TOKEN} & set(address.asks or (ANYBODY,)) and not address.route.startswith("accounts/")
]  # fmt: skip
MACHINES = [address for address in EVERY if TOKEN in (address.asks or ()) and address.route.startswith("api/")]
#: Words that stand in the foreign order and nowhere else.
WORDS = ("青岚书院", "欧阳澹台", "13877770000", "东皋夜市")
#: Names under which a page may take what is searched for.
QUERIES = ("words", "q", "text", "number", "order", "search", "title", "subject")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, so that two answers differ only by what they say."""
    now = site().now().replace(microsecond=0)

    def standing(self: Site) -> datetime:
        return now

    monkeypatch.setattr(Site, "now", standing)


@pytest.fixture
def own() -> Order:
    """An order of the unit D01."""
    return made.order("handling", "D01", place="01.01", category="02.03.01")


def foreign() -> tuple[Order, Attachment]:
    """An order of the unit D02 in another district and category, with everything that could give it away."""
    title, name, phone, text = WORDS[0], WORDS[1], WORDS[2], WORDS[3]
    one = made.order(
        "handling", "D02", title=title, name=name, phone=phone, text=f"{text}摊点占道，噪声扰民，请尽快处理。",
        place="05.01", category="01.01.01", address=text, object_name=text,
    )  # fmt: skip
    photo = made.proof(one)
    made.act(one, StepKind.REPLY, text=f"{text}已清理完毕，请诉求人核验。", solved=False)
    made.act(one, StepKind.SUPERVISE, reason=f"{text}反复出现，请从速办理")
    return Order.objects.get(pk=one.pk), photo


def people() -> dict[str, User]:
    """Somebody of each role that sees orders, each kept to a scope without the foreign order."""
    return {
        "handler": made.user("handler", departments=("D01",)),
        "agent": made.user("agent", regions=("01",)),
        "dispatcher": made.user("dispatcher", regions=("01",)),
        "reviewer": made.user("reviewer", departments=("D01",)),
        "visitor": made.user("visitor", regions=("01", "02")),
        "supervisor": made.user("supervisor", departments=("D01",)),
        "leader": made.user("leader", regions=("01",)),
        "analyst": made.user("analyst", departments=("D01",)),
    }


def opened_by(role: str) -> list[Address]:
    """Return the pages that a role opens: what the guard refuses tells nothing, and is tested with the matrix."""
    return [address for address in PAGES if set(address.asks or ()) & {SIGNED_IN, *RIGHTS[Role(role)]}]


ROLES = ("handler", "agent", "dispatcher", "reviewer", "visitor", "supervisor", "leader", "analyst")


def ask(client: Client, path: str, said: dict[str, str] | None = None) -> HttpResponseBase:
    """Ask for an address in whatever way it takes; nothing that it does stays."""
    with transaction.atomic():
        answer: HttpResponseBase = client.get(path, said or {})
        if answer.status_code == 405:
            answer = client.post(path, {"reason": "核实诉求内容", "text": "核实诉求内容", **(said or {})})
        answer_body(answer)
        transaction.set_rollback(True)
    return answer


def answer_body(answer: HttpResponseBase) -> bytes:
    if answer.streaming:
        if not hasattr(answer, "read_once"):
            answer.read_once = b"".join(answer)  # type: ignore[attr-defined]
        return bytes(answer.read_once)  # type: ignore[attr-defined]
    return bytes(answer.content)  # type: ignore[attr-defined]


def told(answer: HttpResponseBase, *said: str) -> tuple[int, str, str]:
    """Return all that an answer tells, without what was asked for."""
    lines = [f"{name}: {answer.headers.get(name)}" for name in ("Content-Type", "Content-Disposition", "Location")]
    return answer.status_code, bare("\n".join(lines).encode(), *said), bare(answer_body(answer), *said)


def same(one: HttpResponseBase, other: HttpResponseBase, said: tuple[str, ...], instead: tuple[str, ...]) -> str:
    """Return where two answers differ first; nothing where they say the same."""
    first, second = told(one, *said), told(other, *instead)
    if first == second:
        return ""
    for here, there in zip(
        "\n".join(map(str, first)).splitlines(), "\n".join(map(str, second)).splitlines(), strict=False
    ):
        if here != there:
            return f"{here.strip()[:300]} | {there.strip()[:300]}"
    return "one is longer"


def signed_in(one: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(one)
    return client


@pytest.mark.parametrize("role", ROLES)
def test_pages_are_the_same_whether_or_not_the_foreign_order_exists(role: str, own: Order) -> None:
    client = signed_in(people()[role])
    lists = [address for address in opened_by(role) if "number" not in address.gaps]
    before = {address.route: ask(client, address.path()) for address in lists}
    here = ask(client, f"/orders/{own.number}/")
    one, _ = foreign()
    after = {address.route: ask(client, address.path()) for address in lists}
    for route, answer in after.items():
        assert not [word for word in (*WORDS, one.number) if word.encode() in answer_body(answer)], route
    differing = {route: difference for route in after if (difference := same(after[route], before[route], (), ()))}
    assert differing == {}
    assert same(ask(client, f"/orders/{own.number}/"), here, (), ()) == ""


@pytest.mark.parametrize("role", ROLES)
def test_a_foreign_number_is_answered_like_one_that_does_not_exist(role: str, own: Order) -> None:
    one, photo = foreign()
    client = signed_in(people()[role])
    none = one.number[:-4] + "9999"
    assert not Order.objects.filter(number=none).exists()
    # The order is looked for before the step: one role tries them all, the others some.
    kinds, differing = [kind.value for kind in StepKind][:: 1 if role == "handler" else 9], {}
    for address in (address for address in opened_by(role) if "number" in address.gaps):
        fills = [{"name": kind} for kind in kinds] if "name" in address.gaps else [{"code": photo.code}, {}]
        for fill in fills:
            real = ask(client, address.path(number=one.number, **fill))
            gone = ask(client, address.path(number=none, **fill))
            difference = same(real, gone, (one.number,), (none,))
            if difference or real.status_code == 200:
                differing[address.path(number="N", **fill)] = (real.status_code, difference)
    assert differing == {}


@pytest.mark.parametrize("role", ROLES)
def test_searching_finds_nothing_of_it(role: str, own: Order) -> None:
    one, _ = foreign()
    client = signed_in(people()[role])
    none, differing = "青岚书馆", {}
    for address in (address for address in opened_by(role) if not address.gaps):
        for word, other in ((one.title, none), (one.number, one.number[:-4] + "9999")):
            found = ask(client, address.path(), dict.fromkeys(QUERIES, word))
            nothing = ask(client, address.path(), dict.fromkeys(QUERIES, other))
            difference = same(found, nothing, (word, quote(word)), (other, quote(other)))
            if difference:
                differing[address.route] = difference
    assert differing == {}


def test_a_photo_of_a_foreign_order_is_not_found_through_an_own_one(own: Order) -> None:
    _, photo = foreign()
    client = signed_in(people()["handler"])
    real = ask(client, f"/orders/{own.number}/files/{photo.code}/")
    gone = ask(client, f"/orders/{own.number}/files/{'0' * len(photo.code)}/")
    assert real.status_code == 404
    assert told(real, photo.code) == told(gone, "0" * len(photo.code))


def test_two_demands_of_one_call_stay_apart() -> None:
    caller = Identity(WORDS[1], WORDS[2])
    demands = [
        flow.Demand("路灯不亮", "小区东门路灯三天不亮，请尽快修复。", "help", "02.03.01", "01.01"),
        flow.Demand(WORDS[0], f"{WORDS[3]}摊点占道，噪声扰民，请尽快处理。", "complaint", "01.01.01", "05.01"),
    ]
    _, (ours, theirs) = flow.accept(made.somebody("agent"), flow.Coming("phone", caller), demands)
    made.act(ours, StepKind.DISPATCH, department="D01")
    made.act(theirs, StepKind.DISPATCH, department="D02")
    page = answer_body(ask(signed_in(people()["handler"]), f"/orders/{ours.number}/")).decode()
    assert ours.number in page
    assert not [word for word in (WORDS[0], WORDS[3], theirs.number) if word in page]


def test_a_token_with_a_scope_learns_nothing_either(own: Order) -> None:
    one, photo = foreign()
    keeper = made.actor(made.user("security_admin"))
    _, said = tokens.issue(keeper, tokens.Wish("unit-d01", tuple(GRANTABLE), departments=("D01",), per_minute=100_000))
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {said}"})
    assert client.get(f"/api/v1/orders/{own.number}").status_code == 200
    none = one.number[:-4] + "9999"
    for address in MACHINES:
        if "number" in address.gaps:
            real = ask(client, address.path(number=one.number, code=photo.code))
            gone = ask(client, address.path(number=none, code=photo.code))
            assert same(real, gone, (one.number,), (none,)) == "", address.route
            assert real.status_code >= 400, address.route
        elif "v1/exports" in address.route or address.route.endswith("v1/orders"):
            body = answer_body(ask(client, address.path())).decode(errors="replace")
            assert not [word for word in (*WORDS, one.number) if word in body], address.route
