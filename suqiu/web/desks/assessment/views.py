"""The pages of the assessment desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.finding import Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.result import Result
from suqiu.web.accounts.actor import actor_of
from suqiu.web.accounts.guard import requires
from suqiu.web.accounts.roles import Right
from suqiu.web.audit.chain import record
from suqiu.web.desks.assessment import bundles, material, running
from suqiu.web.site import site
from suqiu.web.wording import told

_SEE = requires(Right.ASSESSMENT_DESK)
_RUN = requires(Right.RUN_ASSESSMENT)
_FILES = {
    "report.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "report.html": "text/html; charset=utf-8",
    "result.json": "application/json",
}


@_SEE
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show which level, how sure, what stands in the way, what to do next."""
    if not bundles.bundles():
        return render(request, "assessment/none.html", {"tab": "overview", "begun": material.begun()})
    one, result, catalogue = _newest()
    scoring = result.scoring
    names = {domain.id: told(domain.name) for domain in catalogue.domains}
    domains = [{"name": names[part.id], "part": part, **_spread(part.score)} for part in scoring.domains]
    past = bundles.before(one)
    context = {
        "tab": "overview",
        "bundle": one,
        "result": result,
        "catalogue": catalogue,
        "level": next((level for level in catalogue.levels if level.number == scoring.level), None),
        "levels": catalogue.levels,
        "overall": {"part": scoring.overall, **_spread(scoring.overall)},
        "domains": domains,
        "radar": {
            "names": [domain["name"] for domain in domains],
            "lower": [round(100 * domain["part"].score.lower, 1) for domain in domains],
            "upper": [round(100 * domain["part"].score.upper, 1) for domain in domains],
        },
        "gates": [(_named(catalogue, id_), state) for id_, state in scoring.gates],
        "past": None if past is None else bundles.read(past)[0],
    }
    return render(request, "assessment/overview.html", context)


@_SEE
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """List every finding, by domain and verdict."""
    _, result, catalogue = _newest()
    domain, verdict = request.GET.get("domain", ""), request.GET.get("verdict", "")
    every = bundles.rows(result, catalogue)
    shown = [
        row
        for row in every
        if (not domain or row.domain == domain) and (not verdict or str(row.finding.verdict) == verdict)
    ]
    counts = {str(code): sum(row.finding.verdict is code for row in every) for code in Verdict}
    context = {
        "tab": "findings",
        "rows": shown,
        "all": len(every),
        "domains": [(one.id, told(one.name)) for one in catalogue.domains],
        "verdicts": [(str(code), told(bundles.VERDICTS[code][0]), counts[str(code)]) for code in Verdict],
        "domain": domain,
        "verdict": verdict,
    }
    return render(request, "assessment/findings.html", context)


@_SEE
@require_safe
def finding(request: HttpRequest, subject: str) -> HttpResponse:
    """Show one finding with all it rests on."""
    _, result, catalogue = _newest()
    row = next((row for row in bundles.rows(result, catalogue) if row.finding.subject == subject), None)
    if row is None:
        raise NotFound(
            "assessment.no_finding",
            Text("没有这项指标", "there is no such indicator"),
            Text("请从评定结果列表中选择", "choose one from the findings"),
        )
    sources = {source.id: source for source in catalogue.sources}
    used = [item for item in result.evidence if item.name in row.finding.evidence]
    context = {"tab": "findings", "row": row, "used": used, "sources": sources, "result": result}
    context["source"] = sources.get(getattr(getattr(row.subject, "target", None), "source", None) or "")
    return render(request, "assessment/finding.html", context)


@_SEE
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Show the cheapest way to a level."""
    _, result, catalogue = _newest()
    highest = max(level.number for level in catalogue.levels)
    try:
        level = int(request.GET.get("level", min(result.scoring.level + 1, highest)))
    except ValueError:
        level = min(result.scoring.level + 1, highest)
    level = min(max(level, 1), highest)
    made = bundles.plan_to(result, catalogue, level)
    steps = [(step, _named(catalogue, step.subject)) for step in made.steps] if made else []
    context = {
        "tab": "plan",
        "plan": made,
        "steps": steps,
        "level": level,
        "levels": catalogue.levels,
        "result": result,
    }
    return render(request, "assessment/plan.html", context)


@_SEE
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show what has changed since another assessment."""
    one, result, catalogue = _newest()
    others = [other for other in bundles.bundles() if other.name != one.name]
    wanted = request.GET.get("with", others[0].name if others else "")
    other = next((candidate for candidate in others if candidate.name == wanted), None)
    context: dict[str, Any] = {"tab": "compare", "one": one, "result": result, "others": others, "other": other}
    if other is not None:
        then = bundles.read(other)[0]
        context |= {"then": then, "changes": bundles.changes(result, then, catalogue)}
        context["parts"] = [
            (told(domain.name), now.score, old.score if old else None)
            for domain in catalogue.domains
            for now in result.scoring.domains
            if now.id == domain.id
            for old in [next((part for part in then.scoring.domains if part.id == domain.id), None)]
        ]
    return render(request, "assessment/compare.html", context)


@_SEE
@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Show what was handed in, what is lacking, and what would help most."""
    today = site().now().date()
    context: dict[str, Any] = {"tab": "evidence", "begun": material.begun(), "today": today}
    context["first"] = today.replace(month=1, day=1)
    if bundles.bundles():
        _, result, catalogue = _newest()
        context |= {"result": result, "wanted": result.wanted[:8], "profiles": catalogue.profiles}
    if material.begun():
        context["slots"] = material.slots()
    return render(request, "assessment/evidence.html", context)


@_RUN
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Make the folder of material."""
    first, last = (_day(request.POST.get(name, "")) for name in ("first", "last"))
    material.begin(request.POST.get("profile", "city"), first, last)
    record(actor_of(request), "assessment.begin")
    return redirect("assessment:evidence")


@_RUN
@require_http_methods(["GET", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    """Show and change what is said of the centre."""
    if not material.begun():
        return redirect("assessment:evidence")
    text, faults = material.about_text(), []
    if request.method == "POST":
        text = request.POST.get("text", "")[:100_000]
        faults = material.describe(text)
        if not faults:
            record(actor_of(request), "assessment.describe")
            return redirect("assessment:evidence")
    context = {"tab": "evidence", "text": text, "faults": faults}
    return render(request, "assessment/about.html", context, status=422 if faults else 200)


@_RUN
@require_safe
def blank(request: HttpRequest, form: str) -> HttpResponse:
    """Give an empty form."""
    content = material.blank(form)
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="{form}.xlsx"'
    return answer


@_RUN
@require_POST
def hand_in(request: HttpRequest, form: str) -> HttpResponse:
    """Take in a filled form."""
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(
            "assessment.no_file", Text("没有选择文件", "no file was chosen"), Text("请选择文件后上传", "choose one")
        )
    material.hand_in(form, file.name or "", file.read())
    record(actor_of(request), "assessment.hand_in", f"form:{form}", bytes=file.size)
    return redirect("assessment:evidence")


@_SEE
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """List the assessments, those under way with their progress; its table renews itself while one is."""
    notes, checks = running.notes("run"), running.notes("verify")
    done = [(one, bundles.read(one)[0], checks.get(one.name)) for one in bundles.bundles()]
    waiting = [(name, note) for name, note in notes.items() if note["state"] in {"waiting", "running", "failed"}]
    busy = any(note["state"] in {"waiting", "running"} for note in [*notes.values(), *checks.values()])
    context = {"tab": "runs", "done": done, "waiting": waiting[::-1], "busy": busy, "begun": material.begun()}
    part = request.headers.get("HX-Request") is not None
    return render(request, "assessment/runs_table.html" if part else "assessment/runs.html", context)


@_RUN
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin an assessment."""
    name = running.begin()
    record(actor_of(request), "assessment.run", f"assessment:{name}")
    return redirect("assessment:runs")


@_RUN
@require_POST
def verify(request: HttpRequest, name: str) -> HttpResponse:
    """Begin to run an assessment again, to see that it is what its evidence says."""
    running.begin_verifying(name)
    record(actor_of(request), "assessment.verify", f"assessment:{name}")
    return redirect("assessment:runs")


@_SEE
@require_safe
def download(request: HttpRequest, name: str, file: str) -> FileResponse:
    """Give a report or the result of an assessment."""
    path = bundles.bundle(name).folder / file
    if file not in _FILES or not path.is_file():
        raise NotFound(
            "assessment.no_file",
            Text("没有这个文件", "there is no such file"),
            Text("请从列表中选择", "choose from the list"),
        )
    record(actor_of(request), "assessment.export", f"assessment:{name}", file=file)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{name}-{file}", content_type=_FILES[file])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "assessment.bad_day",
            Text("请填写评估期的首日和末日", "give the first and the last day of the period"),
            Text("写成2026-06-30的形式", "as 2026-06-30"),
        ) from error


def _newest() -> tuple[bundles.Bundle, Result, Catalogue]:
    one = bundles.bundle()
    return one, *bundles.read(one)


def _named(catalogue: Catalogue, id_: str) -> str:
    names = {one.id: one.name for one in catalogue.indicators} | {one.id: one.name for one in catalogue.gates}
    return told(names[id_]) if id_ in names else id_


def _spread(score: Any) -> dict[str, Any]:
    """Return a score's numbers in per cent, as bars need them."""
    return {
        "lower": 100 * score.lower,
        "upper": 100 * score.upper,
        "width": 100 * (score.upper - score.lower),
        "known": None if score.score is None else 100 * score.score,
        "coverage": 100 * score.coverage,
    }
