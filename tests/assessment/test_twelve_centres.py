"""The twelve simulated centres come out at their planted levels: the reference on which the standard is tried."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from suqiu import citypack, standards
from suqiu.assessor import SampleWish, draw_sample
from suqiu.collected import EVIDENCE, collect
from suqiu.config import Settings
from suqiu.domain.finding import Verdict
from suqiu.rechecked import FOLDER
from suqiu.simulate.centres import Made, make
from suqiu.standard.catalogue import Catalogue, Origin
from suqiu.standard.result import GateState, Result
from suqiu.weighing import weigh

pytestmark = pytest.mark.slow

STANDARD = "hotline-intelligence/2026.1"
AS_OF = date(2026, 7, 10)
IDS = tuple(f"c{n:02d}" for n in range(1, 13))
#: What an assessor looks at again: indicators and whole forms.
CHECKED = (
    "D2.2.1", "D2.3.2", "D2.4.3", "D4.1.4", "D4.2.1", "D8.1.1", "D8.1.4", "bot_sessions", "eval_fill", "suggestions",
    "trainings",
)  # fmt: skip
Assess = Callable[[Path], Result]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="module")
def catalogue(settings: Settings) -> Catalogue:
    return standards.load(STANDARD, settings)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> dict[str, Made]:
    city = citypack.load(citypack.find("linjiang", settings.cities))
    return {one.id: one for one in make(tmp_path_factory.mktemp("centres"), city)}


@pytest.fixture(scope="module")
def assess(tmp_path_factory: pytest.TempPathFactory, settings: Settings, catalogue: Catalogue) -> Assess:
    """Assess a centre's folder; each once."""
    results: dict[Path, Result] = {}

    def assessed(folder: Path) -> Result:
        if folder not in results:
            out = tmp_path_factory.mktemp("out")
            collected = collect(folder, out, settings, lambda _what, _share: None)
            assert collected.faults == ()
            results[folder] = weigh(out / EVIDENCE, catalogue, collected.record.profile, AS_OF, settings)
        return results[folder]

    return assessed


def verdicts(result: Result) -> dict[str, Verdict]:
    return {one.subject: one.verdict for one in result.findings}


def twin(made: Made) -> Path:
    assert made.twin is not None
    return made.twin


def planted_gates(made: Made) -> set[str]:
    return set(yaml.safe_load(made.truth.read_text("utf-8"))["open_gates"])


@pytest.mark.parametrize("id_", IDS)
def test_a_centre_comes_out_at_its_planted_level_or_at_what_it_claims(
    made: dict[str, Made], assess: Assess, id_: str
) -> None:
    one, scoring = made[id_], assess(made[id_].folder).scoring
    # The inflator's claims stand until somebody looks; an open gate caps what is reached without it.
    assert scoring.level == (one.claimed if one.kind == "inflator" else one.level), scoring.obstacles
    assert scoring.uncapped == one.claimed


@pytest.mark.parametrize("id_", ["c08", "c10", "c11"])
def test_a_twin_comes_out_at_its_planted_level(made: dict[str, Made], assess: Assess, id_: str) -> None:
    assert assess(twin(made[id_])).scoring.level == made[id_].twin_level


@pytest.mark.parametrize("id_", ["c01", "c03", "c04", "c06"])
def test_an_honest_centre_fails_what_the_next_level_requires(
    made: dict[str, Made], assess: Assess, catalogue: Catalogue, id_: str
) -> None:
    found, level = verdicts(assess(made[id_].folder)), made[id_].level
    required = [one.id for one in catalogue.indicators if one.required and one.id in found]
    assert all(found[id_] is Verdict.MET for id_ in required if catalogue.indicator(id_).level <= level)
    failed = [id_ for id_ in required if found[id_] in {Verdict.NOT_MET, Verdict.PARTLY}]
    assert {catalogue.indicator(id_).level for id_ in failed} >= {level + 1}


def test_of_the_targets_set_for_all_the_best_meets_nearly_all_and_level_three_about_half(
    made: dict[str, Made], assess: Assess, catalogue: Catalogue
) -> None:
    open_ = [one.id for one in catalogue.indicators if one.target.origin is Origin.USER]

    def met(id_: str) -> float:
        found = verdicts(assess(made[id_].folder))
        return sum(found[subject] is Verdict.MET for subject in open_) / len(open_)

    assert met("c07") > 0.9
    assert 0.35 < met("c04") < 0.65


def test_hiding_raises_neither_the_level_nor_the_lower_score(made: dict[str, Made], assess: Assess) -> None:
    hidden, shown = assess(made["c08"].folder).scoring, assess(twin(made["c08"])).scoring
    assert hidden.level <= shown.level
    assert hidden.overall.lower < shown.overall.lower
    # It would pay if only what is known counted: that is what the hider hopes for.
    assert hidden.overall.score is not None
    assert shown.overall.score is not None
    assert hidden.overall.score > shown.overall.score


def test_what_is_hidden_keeps_the_level_down_as_if_it_were_shown(made: dict[str, Made], assess: Assess) -> None:
    hidden, shown = (assess(folder) for folder in (made["c08"].folder, twin(made["c08"])))
    assert verdicts(hidden)["D4.2.1"] is Verdict.UNKNOWN
    assert verdicts(shown)["D4.2.1"] is Verdict.PARTLY
    assert dict(hidden.scoring.gates)["G1"] is GateState.UNSHOWN
    assert dict(shown.scoring.gates)["G1"] is GateState.OPEN


def test_expired_evidence_counts_as_if_it_were_not_there(made: dict[str, Made], assess: Assess) -> None:
    expired, without = assess(made["c10"].folder), assess(twin(made["c10"]))
    assert expired.scoring == without.scoring
    assert expired.findings == without.findings
    assert {one.name for one in expired.evidence if one.expired} == set(
        yaml.safe_load(made["c10"].truth.read_text("utf-8"))["expired"]
    )


def test_open_gates_cap_what_is_otherwise_the_fourth_level(made: dict[str, Made], assess: Assess) -> None:
    scoring = assess(made["c11"].folder).scoring
    assert {gate for gate, state in scoring.gates if state is GateState.OPEN} == planted_gates(made["c11"])
    assert {one.subject for one in scoring.obstacles} == planted_gates(made["c11"])
    assert dict(assess(twin(made["c11"])).scoring.gates)["G4"] is GateState.OPEN


def test_orders_alone_leave_most_unknown_and_the_result_says_what_to_hand_in(
    made: dict[str, Made], assess: Assess
) -> None:
    result = assess(made["c12"].folder)
    assert result.scoring.overall.coverage < 0.15
    assert result.scoring.overall.upper > 0.9
    assert {one.form for one in result.wanted} >= {"answers", "calls", "suggestions", "eval_labels"}


def rechecked(made: Made, folder: Path, settings: Settings) -> Path:
    """Play the assessor: draw samples, look up the truth, put the filled worksheets into a copy of the centre."""
    assert made.rechecks is not None
    centre = folder / made.id
    shutil.copytree(made.folder, centre, ignore=shutil.ignore_patterns("local"))
    with made.rechecks.open(encoding="utf-8-sig", newline="") as file:
        truth = {(row["form"], row["key"], row["column"]): row["checked"] for row in csv.DictReader(file)}
    (centre / FOLDER).mkdir()
    for subject in CHECKED:
        worksheet = folder / f"{subject}.xlsx"
        draw_sample(centre, worksheet, SampleWish(subject, None, 0.07, 0.5, "2026", STANDARD), settings)
        header, *lines = openpyxl.load_workbook(worksheet).active.iter_rows(values_only=True)
        with (centre / FOLDER / f"{subject}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for form, key, column, claimed, _, _, context in lines:
                writer.writerow([form, key, column, claimed, truth[form, key, column], "复核员甲", context])
    return centre


def test_the_inflator_is_caught_by_re_check(
    made: dict[str, Made], assess: Assess, settings: Settings, tmp_path: Path
) -> None:
    one = made["c09"]
    result = assess(rechecked(one, tmp_path, settings))
    assert result.scoring.level == one.level < one.claimed == assess(one.folder).scoring.level
    replaced = {finding.subject for finding in result.findings if finding.replaced is not None}
    assert replaced >= {"D2.2.1", "D2.3.2", "D2.4.3", "D4.1.4", "D4.2.1", "D8.1.1", "D8.1.4", "D2.1.2", "D1.4.1"}
    assert "D5.2.1" not in replaced


def test_an_honest_centre_keeps_its_level_after_re_check(
    made: dict[str, Made], assess: Assess, settings: Settings, tmp_path: Path
) -> None:
    one = made["c04"]
    result = assess(rechecked(one, tmp_path, settings))
    assert result.scoring.level == one.level
    assert any(finding.rechecked for finding in result.findings)
