"""Personal data goes after its time; history stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.web.audit import archive, chain, verifying
from suqiu.web.audit.models import Entry
from suqiu.web.custody import rules
from suqiu.web.custody.retention import REMOVED, retain
from suqiu.web.orders.models import Attachment, Order, Step
from suqiu.web.site import site
from suqiu.web.vault import safe
from suqiu.web.vault.models import Person, Sealed
from tests.web import made

pytestmark = pytest.mark.django_db
PHONE = "13987654321"


@pytest.fixture(autouse=True)
def _clean_folder() -> Iterator[None]:
    """No test sees what another has archived."""
    yield
    for file in [*archive.files(), *site().backups.glob("*.tar"), site().folder / "audit-anchors.jsonl"]:
        file.unlink(missing_ok=True)


def _closed(phone: str = PHONE) -> Order:
    order = made.order("handling", name="测试者", phone=phone, text=f"路灯不亮，请联系{phone}")
    made.proof(order)
    for kind, said in made._TO_CLOSE[2:]:
        made.act(order, kind, **said)
    order.refresh_from_db()
    return order


def test_before_its_time_nothing_goes() -> None:
    _closed()
    with made.days_later(1000):
        counts = retain()
    assert {kind: counts[kind] for kind in ("callers", "originals", "attachments")} == {
        "callers": 0, "originals": 0, "attachments": 0,
    }  # fmt: skip


def test_after_its_time_personal_data_goes_and_history_stays() -> None:
    order = _closed()
    steps = list(Step.objects.filter(order=order).values())
    (file,) = Attachment.objects.filter(order=order)
    with made.days_later(1100):
        counts = retain(dry_run=True)
        assert (counts["callers"], counts["originals"], counts["attachments"]) == (1, 1, 1)
        assert Person.objects.exclude(sealed=b"").count() == 1
        assert {kind: counts[kind] for kind in counts} == dict(retain())
        with pytest.raises(NotFound, match="nobody"):
            safe.reveal(made.somebody("visitor"), order.number, "回访诉求人")
        assert not any(retain()[kind] for kind in ("callers", "originals", "attachments"))
    assert Sealed.objects.count() == 0
    assert list(Step.objects.filter(order=order).values()) == steps
    assert "[手机]" in Order.objects.get(pk=order.pk).text
    file.refresh_from_db()
    assert file.name == REMOVED
    assert not (site().files / file.sha256[:2] / file.sha256).exists()
    assert Person.objects.get().phone_mark == ""
    assert chain.verify() == []


def test_an_open_order_or_a_recent_one_keeps_its_caller() -> None:
    _closed()
    made.order("handling", name="测试者", phone=PHONE)
    with made.days_later(1100):
        assert retain()["callers"] == 0
        assert Person.objects.exclude(sealed=b"").count() == 1


def test_a_photo_that_another_order_still_has_is_kept() -> None:
    first, other = _closed(), made.order("handling", name="另一人", phone="13700001111")
    made.proof(other)
    with made.days_later(1100):
        assert retain()["attachments"] == 1
    mark = Attachment.objects.get(order=other).sha256
    assert Attachment.objects.get(order=first).sha256 == mark
    assert (site().files / mark[:2] / mark).exists()


def test_old_audit_lines_are_archived_before_they_leave_and_the_chain_goes_on() -> None:
    for n in range(5):
        chain.record(made.somebody("agent"), "order.read", f"order:LJ{n}")
    lines = list(Entry.objects.order_by("number").values_list("number", "mark"))
    with made.days_later(1100):
        chain.record(made.somebody("agent"), "order.read", "order:LJ9")
        assert retain()["audit"] == len(lines)
        assert chain.verify() == []
        kept = [(line.number, line.mark) for file in archive.files() for line in archive.lines(file)]
        assert kept == lines
        archived = verifying.read_archive()
        assert archived is not None
        assert (archived.count, archived.breaks) == (len(lines), ())
        assert Entry.objects.filter(deed="audit.archive").exists()
        chain.record(made.somebody("agent"), "order.read", "order:LJ9")
        assert chain.verify() == []


def test_old_backups_go_but_the_newest_three() -> None:
    site().backups.mkdir(exist_ok=True)
    for day in range(1, 6):
        (site().backups / f"suqiu-2020010{day}-000000.tar").touch()
    assert retain()["backups"] == 2
    assert sorted(file.name for file in site().backups.glob("*.tar"))[0] == "suqiu-20200103-000000.tar"


def test_every_rule_has_its_reason() -> None:
    held = rules.rules()
    assert set(held) == set(rules.KINDS)
    assert held["audit"].days >= rules.LEAST_AUDIT
    assert all(len(one.reason) > 12 for one in held.values())


@pytest.mark.parametrize(
    "text",
    [
        "audit: {days: 90, reason: 太短}", "callers: {days: -1, reason: x}", "callers: {days: 10}",
        "nobody: {days: 1, reason: x}", "callers: {days: true, reason: x}", "[", "text",
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(text: str) -> None:
    own: Path = site().folder / "retention.yaml"
    own.write_text(text, "utf-8")
    try:
        with pytest.raises(InvalidInput, match="bad_rule"):
            retain()
    finally:
        own.unlink()


def test_an_installation_may_have_rules_of_its_own() -> None:
    own: Path = site().folder / "retention.yaml"
    own.write_text("callers: {days: 30, reason: 本市规定办结后一个月清除}", "utf-8")
    _closed()
    try:
        with made.days_later(40):
            counts = retain()
        assert (counts["callers"], counts["originals"]) == (1, 0)
    finally:
        own.unlink()
