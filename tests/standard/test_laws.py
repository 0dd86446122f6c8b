"""The laws of scoring, each on ten thousand small standards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from suqiu.domain.evidence import Outcome
from suqiu.domain.finding import Answer, Backing, Finding, Verdict
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Indicator, Kind, Side
from suqiu.standard.judging import judge
from suqiu.standard.result import PartResult, Scoring
from suqiu.standard.scoring import score
from tests.standard import factories as make

Centre: TypeAlias = tuple[Catalogue, dict[str, Finding], dict[str, Finding]]

law = settings(
    max_examples=10_000,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
#: Weights and credits that do not add up evenly in binary are among them.
_WEIGHTS = (0.1, 0.3, 1.0, 2.0, 3.0, 7.7)
_CREDITS = (0.0, 0.1, 0.3, 0.5, 1 / 3, 0.8, 0.999999999999, 1.0)
_VERDICTS = (*(Verdict.MET,) * 3, Verdict.PARTLY, *Verdict)
_KINDS, _SIDES = tuple(Kind), tuple(Side)


@dataclass(frozen=True)
class Drawn:
    """A centre, and dice for what happens to it; all from a few bytes, which are cheap to draw ten thousand times."""

    catalogue: Catalogue
    findings: dict[str, Finding]
    gates: dict[str, Finding]
    dice: tuple[int, ...]

    @property
    def centre(self) -> Centre:
        return self.catalogue, self.findings, self.gates

    @property
    def chosen(self) -> str:
        """The id of one of the indicators."""
        return self.catalogue.indicators[self.dice[0] % len(self.catalogue.indicators)].id


def _indicator(place: int, one: int, other: int) -> Indicator:
    return make.indicator(
        f"D{one % 3 + 1}.{one // 3 % 2 + 1}.{place + 1}",
        level=one // 6 % 5 + 1,
        weight=_WEIGHTS[other % 6],
        kind=_KINDS[one % 6],
        side=_SIDES[one % 2],
        required=other // 6 % 3 == 0,
    )


def _finding(subject: str, code: int) -> Finding:
    code, place = divmod(code, len(_VERDICTS))
    verdict = _VERDICTS[place]
    credit = {Verdict.MET: 1.0 if code % 4 else 0.8, Verdict.NOT_MET: 0.0}.get(verdict, _CREDITS[code % len(_CREDITS)])
    return make.finding(subject, verdict, credit if verdict.known else None)


def _drawn(raw: bytes) -> Drawn:
    count, gate_count = raw[0] % 6 + 1, raw[1] % 3
    indicators = [_indicator(place, raw[2 + place], raw[8 + place]) for place in range(count)]
    gates = [make.gate("G1", cap=raw[1] // 3 % 5), make.gate("G2", cap=2)][:gate_count]
    findings = {one.id: _finding(one.id, raw[14 + place]) for place, one in enumerate(indicators)}
    gate_findings = {one.id: _finding(one.id, raw[20 + place]) for place, one in enumerate(gates)}
    return Drawn(make.catalogue(indicators, gates), findings, gate_findings, tuple(raw[22:]))


_SIZE = 30
centres = st.binary(min_size=_SIZE, max_size=_SIZE).map(_drawn)


def scored(centre: Centre) -> Scoring:
    return score(centre[0], "city", centre[1], centre[2])


def parts(scoring: Scoring) -> list[PartResult]:
    return [
        PartResult("all", scoring.overall, scoring.level),
        PartResult("uncapped", scoring.overall, scoring.uncapped),
        *scoring.domains,
        *scoring.capabilities,
        *scoring.kinds,
        *scoring.sides,
    ]


def level(part: PartResult) -> int:
    return -1 if part.level is None else part.level


def assert_no_lower(better: Centre, worse: Centre) -> None:
    for after, before in zip(parts(scored(better)), parts(scored(worse)), strict=True):
        assert after.score.lower >= before.score.lower
        assert after.score.upper >= before.score.upper
        assert (after.score.score or 0) >= (before.score.score or 0)
        assert level(after) >= level(before)


@law
@given(centres)
def test_the_bounds_hold(drawn: Drawn) -> None:
    scoring = scored(drawn.centre)
    for part in parts(scoring):
        one = part.score
        assert 0 <= one.lower <= one.upper <= 1
        assert 0 <= one.coverage <= 1
        assert one.score is None or one.lower <= one.score <= one.upper
        assert (one.score is None) == (one.coverage == 0)
        assert one.coverage < 1 or one.lower == one.upper == one.score
    assert 0 <= scoring.level <= scoring.uncapped <= 5
    assert bool(scoring.obstacles) == (scoring.level < 5)


@law
@given(centres)
def test_what_does_not_apply_changes_nothing(drawn: Drawn) -> None:
    catalogue, findings, gates = drawn.centre
    out = catalogue.indicator(drawn.chosen)
    agreed = {**findings, out.id: make.finding(out.id, Verdict.NOT_APPLICABLE)}
    absent = replace(catalogue, indicators=tuple(one for one in catalogue.indicators if one is not out))
    kept = {id_: one for id_, one in findings.items() if id_ != out.id}
    left_out = make.catalogue(catalogue.indicators, catalogue.gates, leaves_out={out.id: make.WORD})
    assert scored((catalogue, agreed, gates)) == scored((absent, kept, gates))
    assert scored((catalogue, agreed, gates)) == scored((left_out, findings, gates))


@law
@given(centres)
def test_raising_a_credit_lowers_nothing(drawn: Drawn) -> None:
    catalogue, findings, gates = drawn.centre
    before = findings[drawn.chosen]
    if before.credit is None:
        return
    better = max(_CREDITS[drawn.dice[1] % len(_CREDITS)], before.credit)
    verdict = Verdict.MET if before.verdict is Verdict.MET or better == 1 else Verdict.PARTLY
    raised = {**findings, drawn.chosen: make.finding(drawn.chosen, verdict, better)}
    assert_no_lower((catalogue, raised, gates), drawn.centre)


@law
@given(st.binary(min_size=10, max_size=10))
def test_raising_a_value_lowers_nothing(raw: bytes) -> None:
    """From the counts on: a better share of the same rows."""
    up, stepped, trials = raw[0] % 2 == 0, raw[0] % 4 > 1, raw[1] % 200 + 1
    direction: Literal["up", "down"] = "up" if up else "down"
    floor = make.STEP if stepped else make.NATURAL if up else make.published(1.0)
    target = make.published(0.6 if up else 0.4)
    indicators = [
        make.indicator(
            f"D{n % 2 + 1}.1.{n + 1}", level=n + 1, required=n % 2 == 0, direction=direction, floor=floor, target=target
        )
        for n in range(4)
    ]
    worse, better = dict[str, Finding](), dict[str, Finding]()
    for one, first, second in zip(indicators, raw[2:6], raw[6:], strict=True):
        low, high = sorted((first % (trials + 1), second % (trials + 1)), reverse=not up)
        worse[one.id] = judge(one, make.share(low, trials), Backing.MEASURED, ())
        better[one.id] = judge(one, make.share(high, trials), Backing.MEASURED, ())
    catalogue = make.catalogue(indicators)
    assert_no_lower((catalogue, better, {}), (catalogue, worse, {}))


@law
@given(centres)
def test_new_evidence_only_narrows_the_bounds(drawn: Drawn) -> None:
    catalogue, findings, gates = drawn.centre
    new = _finding(drawn.chosen, drawn.dice[1])
    if not new.verdict.known:
        return
    unknown = {**findings, drawn.chosen: make.finding(drawn.chosen, Verdict.UNKNOWN)}
    before, after = scored((catalogue, unknown, gates)), scored((catalogue, {**findings, drawn.chosen: new}, gates))
    for then, now in zip(parts(before), parts(after), strict=True):
        assert then.score.lower <= now.score.lower
        assert now.score.upper <= then.score.upper
        assert then.score.coverage <= now.score.coverage
        assert level(then) <= level(now)


@law
@given(centres)
def test_order_does_not_matter(drawn: Drawn) -> None:
    catalogue, findings, gates = drawn.centre
    order = sorted(range(len(findings)), key=lambda place: (drawn.dice[place], place))
    shuffled, rows = [catalogue.indicators[place] for place in order], [list(findings.values())[n] for n in order]
    whole, other = scored(drawn.centre), score(catalogue, "city", rows, list(gates.values())[::-1])
    assert other == whole
    moved = score(replace(catalogue, indicators=tuple(shuffled)), "city", rows, gates)
    assert sorted(moved.obstacles, key=repr) == sorted(whole.obstacles, key=repr)
    assert replace(moved, obstacles=()) == replace(whole, obstacles=())


@law
@given(centres)
def test_hiding_a_finding_never_raises_the_lower_bound_or_the_level(drawn: Drawn) -> None:
    catalogue, findings, gates = drawn.centre
    subjects = [id_ for id_, one in {**findings, **gates}.items() if one.verdict is not Verdict.NOT_APPLICABLE]
    if not subjects:
        return
    hidden = subjects[drawn.dice[0] % len(subjects)]

    def without(found: dict[str, Finding]) -> dict[str, Finding]:
        named = hidden in found and drawn.dice[1] % 2 == 0
        unknown = {hidden: make.finding(hidden, Verdict.UNKNOWN)} if named else {}
        return {id_: one for id_, one in found.items() if id_ != hidden} | unknown

    fewer = scored((catalogue, without(findings), without(gates)))
    for less, full in zip(parts(fewer), parts(scored(drawn.centre)), strict=True):
        assert less.score.lower <= full.score.lower
        assert less.score.coverage <= full.score.coverage
        assert level(less) <= level(full)


@law
@given(centres)
def test_expired_evidence_equals_hidden_evidence(drawn: Drawn) -> None:
    """Expired evidence leaves no known answer; what is judged of that scores as nothing at all would."""
    catalogue, findings, gates = drawn.centre
    expired = [one for place, one in enumerate(catalogue.indicators) if drawn.dice[0] >> place & 1]
    none = Answer(Outcome.UNKNOWN, reason=Text("证据已过期", "the evidence has expired"))
    judged = {one.id: judge(one, none, Backing.MEASURED, ("exports",)) for one in expired}
    hidden = {id_: one for id_, one in findings.items() if id_ not in judged}
    assert scored((catalogue, {**findings, **judged}, gates)) == scored((catalogue, hidden, gates))


@law
@given(centres)
def test_scoring_again_gives_the_same(drawn: Drawn) -> None:
    assert repr(scored(drawn.centre)) == repr(scored(drawn.centre))
