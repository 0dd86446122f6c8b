"""Assessing and verifying in the background: begun from a page, told step by step in a note beside the bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from suqiu import assessed
from suqiu.domain.errors import Conflict, SuqiuError
from suqiu.domain.text import Text
from suqiu.lake import replacing
from suqiu.standards import CURRENT
from suqiu.web.desks.assessment import bundles
from suqiu.web.jobs import work
from suqiu.web.site import site


def begin() -> str:
    """Ask for an assessment of what lies in the centre's folder; return its name.

    Raises:
        Conflict: there is no material, or one is being made.
    """
    if not (bundles.centre() / "centre.yaml").is_file():
        raise Conflict(
            "assessment.no_material",
            Text("还没有材料", "there is no material yet"),
            Text("请先在“材料”页建立材料目录", "begin a folder on the page “evidence” first"),
        )
    if any(note["state"] in {"waiting", "running"} for note in notes("run").values()):
        raise Conflict(
            "assessment.running",
            Text("正在评估", "an assessment is being made"),
            Text("请待其完成", "wait until it is done"),
        )
    name = site().now().strftime("%Y%m%d-%H%M%S")
    _note("run", name, state="waiting", share=0.0, told="")
    work.later("assessment.run", key="assessment.run", bundle=name)
    return name


def begin_verifying(name: str) -> None:
    """Ask for a bundle to be run again and compared."""
    bundles.bundle(name)
    _note("verify", name, state="waiting", share=0.0, told="")
    work.later("assessment.verify", key=f"assessment.verify:{name}", bundle=name)


def notes(what: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what is noted of runs (`run`) or verifications (`verify`), by name."""
    found = {}
    for path in sorted((bundles.home() / ".notes").glob(f"*.{what}.json")):
        found[path.name.removesuffix(f".{what}.json")] = json.loads(path.read_text("utf-8"))
    return found


@work.job("assessment.run", long=True)
def run(bundle: str) -> None:
    """Assess; the site shows the new bundle from the moment it is whole."""
    name, out, about = bundle, bundles.home() / bundle, site().about
    last = Path(about.assessment) if about.assessment else None
    try:
        assessed.assess(
            bundles.centre(),
            out,
            assessed.Wish(CURRENT, previous=last),
            key=None,
            settings=site().settings,
            language="zh",
            progress=lambda stage, share: _note("run", name, state="running", share=share, told=stage.zh),
        )
    except SuqiuError as error:
        _note("run", name, state="failed", share=1.0, told=bundles.why_not(error).zh)
        return
    site().save(replace(site().about, assessment=str(out)))
    _note("run", name, state="done", share=1.0, told="")


@work.job("assessment.verify", long=True)
def verify(bundle: str) -> None:
    """Run a bundle again and note what does not hold."""
    name = bundle
    try:
        _, problems = assessed.verify(
            bundles.bundle(name).folder,
            site().settings,
            signer=None,
            progress=lambda stage, share: _note("verify", name, state="running", share=share, told=stage.zh),
        )
    except SuqiuError as error:
        _note("verify", name, state="failed", share=1.0, told=bundles.why_not(error).zh)
        return
    _note("verify", name, state="done", share=1.0, told="", problems=[problem.zh for problem in problems])


def _note(what: str, name: str, **said: Any) -> None:
    path = bundles.home() / ".notes" / f"{name}.{what}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_text(json.dumps({**said, "at": site().now().isoformat()}, ensure_ascii=False), "utf-8")
