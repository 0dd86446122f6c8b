"""The assessment desk: from an empty folder to a level, its reasons, a plan, and what has changed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.assessment.forms import FORMS
from suqiu.web.desks.assessment import bundles, material, running
from suqiu.web.jobs.models import Job
from suqiu.web.site import site
from tests.web import made

pytestmark = pytest.mark.django_db
BEGUN = {"profile": "city", "first": "2026-01-01", "last": "2026-06-30"}


@pytest.fixture
def desk(client: Client) -> Iterator[Client]:
    """An assessor signed in; what was handed in and made goes away afterwards."""
    about = site().about
    client.force_login(made.user("assessor"))
    yield client
    site().save(about)
    for folder in (bundles.centre(), bundles.home()):
        shutil.rmtree(folder, ignore_errors=True)


def filled(name: str) -> bytes:
    """Return a form with one row of its own examples' kind."""
    book = openpyxl.load_workbook(io.BytesIO(material.blank(name)))
    out = io.BytesIO()
    book.worksheets[0].append(["x"] * len(FORMS[name].columns))
    book.save(out)
    return out.getvalue()


def test_before_anything_is_handed_in_the_desk_says_what_to_do(desk: Client) -> None:
    assert "还没有评估结果" in desk.get("/assessment/").content.decode()
    assert desk.post("/assessment/runs/start/").status_code == 409
    for page in ("evidence", "runs"):
        assert desk.get(f"/assessment/{page}/").status_code == 200


def test_a_form_is_taken_in_and_anything_else_is_refused(desk: Client) -> None:
    desk.post("/assessment/evidence/begin/", BEGUN)
    name = next(form.name for form in FORMS.values() if not form.made)
    assert desk.get(f"/assessment/evidence/{name}/blank/").content[:2] == b"PK"
    assert not any(one.files for one in material.slots())
    good = SimpleUploadedFile("填好.xlsx", filled(name))
    assert desk.post(f"/assessment/evidence/{name}/", {"file": good}).status_code == 302
    assert [one.name for one in material.slots() if one.files] == [name]
    for file in (SimpleUploadedFile("a.exe", b"MZ"), SimpleUploadedFile("a.xlsx", b"<html>")):
        assert desk.post(f"/assessment/evidence/{name}/", {"file": file}).status_code == 422
    assert desk.post("/assessment/evidence/nothing/", {"file": good}).status_code == 404


def assessed(desk: Client) -> str:
    """Assess what is there, as the worker does; return the bundle's name."""
    desk.post("/assessment/runs/start/")
    job = Job.objects.get(name="assessment.run")
    running.run(**job.arguments)
    job.delete()
    return str(job.arguments["bundle"])


def test_an_assessment_leads_to_level_findings_plan_and_comparison(desk: Client) -> None:
    desk.post("/assessment/evidence/begin/", BEGUN)
    first = assessed(desk)
    note = running.notes("run")[first]
    assert note["state"] == "done", note["told"]
    assert site().about.assessment == str(bundles.home() / first)
    result, catalogue = bundles.read(bundles.bundle())
    page = desk.get("/assessment/").content.decode()
    assert result.scoring.obstacles[0].message.zh in page
    assert desk.get("/assessment/findings/?verdict=unknown").content.decode().count("<tr>") > 50
    subject = catalogue.indicators[0]
    assert subject.statement.zh in desk.get(f"/assessment/findings/{subject.id}/").content.decode()
    assert desk.get("/assessment/findings/D0.0.0/").status_code == 404
    plan = bundles.plan_to(result, catalogue, 2)
    assert plan is not None
    assert f"约{plan.effort_days}人日" in desk.get("/assessment/plan/?level=2").content.decode()
    assert "只有一次评估" in desk.get("/assessment/compare/").content.decode()
    report = desk.get(f"/assessment/runs/{first}/report.docx")
    assert b"".join(report.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    for name in ("manifest.json", "../../site.json", "evidence/centre.json"):
        assert desk.get(f"/assessment/runs/{first}/{name}").status_code == 404
    running.verify(bundle=first)
    assert running.notes("verify")[first]["problems"] == []
    (bundles.home() / first / "report.html").write_text("changed", "utf-8")
    running.verify(bundle=first)
    assert running.notes("verify")[first]["problems"]


def test_who_may_look_may_not_assess(client: Client) -> None:
    client.force_login(made.user("leader"))
    assert client.get("/assessment/").status_code == 200
    assert client.post("/assessment/runs/start/").status_code == 403
    client.force_login(made.user("agent"))
    assert client.get("/assessment/").status_code == 403


def test_what_is_said_of_the_centre_is_checked_by_line_before_it_is_kept(desk: Client) -> None:
    assert desk.post("/assessment/evidence/begin/", BEGUN | {"first": "2026-12-01"}).status_code == 422
    desk.post("/assessment/evidence/begin/", BEGUN)
    text = material.about_text()
    assert "period: {first: 2026-01-01, last: 2026-06-30}" in text
    answer = desk.post("/assessment/evidence/about/", {"text": text.replace("last: 2026-06-30", "last: never")})
    assert answer.status_code == 422
    assert material.about_text() == text
    assert (
        desk.post("/assessment/evidence/about/", {"text": text.replace("id: my-centre", "id: ours")}).status_code == 302
    )
    assert "id: ours" in material.about_text()
