"""The city pack: edited as a draft, checked, tried on past orders, and put into force as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Role
from suqiu.web.pack import drafting
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Iterator[Actor]:
    """Somebody who may edit; afterwards the shipped pack is in force again, and no draft is left."""
    about = site().about
    one = made.somebody(Role.EDITOR)
    yield one
    site().save(about)
    if drafting.begun():
        drafting.drop(one)


def edited(actor: Actor, name: str, old: str, new: str) -> None:
    drafting.begin(actor)
    text = drafting.read(name)
    assert old in text
    drafting.write(actor, name, text.replace(old, new))


def test_what_is_wrong_is_named_by_file_and_line_and_nothing_comes_into_force(editor: Actor) -> None:
    edited(editor, "limits.yaml", "amount: 1, unit: hours", "amount: none, unit: hours")
    found = drafting.faults()
    assert found[0].file == "limits.yaml"
    assert found[0].line
    with pytest.raises(InvalidInput):
        drafting.adopt(editor, "示例修改依据")
    assert drafting.current() != drafting.folder()


def test_an_adopted_draft_is_in_force_at_once_and_the_pack_before_is_untouched(editor: Actor) -> None:
    before, old = drafting.current(), site().city.department_by_id["D01"].name
    edited(editor, "departments.yaml", old, "市住房和城乡建设管理局")
    assert site().city.department_by_id["D01"].name == old
    drafting.adopt(editor, "机构改革方案")
    assert site().city.department_by_id["D01"].name == "市住房和城乡建设管理局"
    assert (before / "departments.yaml").read_text("utf-8").count("市住房和城乡建设管理局") == 0
    [one] = drafting.history()
    assert (one.by, one.reason, one.current) == (editor.label, "机构改革方案", True)


def test_a_unit_that_orders_name_cannot_vanish(editor: Actor) -> None:
    drafting.begin(editor)
    text = drafting.read("departments.yaml")
    kept = [line for line in text.splitlines() if "D37" not in line]
    drafting.write(editor, "departments.yaml", "\n".join(kept) + "\n")
    with pytest.raises((Conflict, InvalidInput)):
        drafting.adopt(editor, "撤销单位")


@pytest.mark.parametrize(
    "name", ["../site.json", "/etc/passwd", "city.yaml/../../keys/vault", "simulation/scenario.yaml"]
)
def test_only_the_packs_own_files_open(editor: Actor, name: str) -> None:
    with pytest.raises(NotFound):
        drafting.read(name)


def test_a_draft_without_changes_or_reason_is_not_adopted(editor: Actor) -> None:
    drafting.begin(editor)
    with pytest.raises(Conflict):
        drafting.adopt(editor, "没有改动的草稿")
    with pytest.raises(InvalidInput):
        drafting.adopt(editor, " ")


def test_the_pages_lead_from_editing_to_adopting(editor: Actor, client: Client) -> None:
    client.force_login(made.user("editor"))
    assert client.get("/administration/city/").status_code == 200
    client.post("/administration/city/begin/")
    text = (Path(drafting.folder()) / "weights.yaml").read_text("utf-8")
    answer = client.post("/administration/city/file/weights.yaml", {"text": text + "\n# 说明\n"})
    assert answer.status_code == 302
    page = client.get("/administration/city/check/").content.decode()
    assert "weights.yaml" in page
    assert client.get("/administration/city/trial/").status_code == 200
    client.post("/administration/city/adopt/", {"reason": "补充说明文字"})
    assert "补充说明文字" in client.get("/administration/city/").content.decode()
