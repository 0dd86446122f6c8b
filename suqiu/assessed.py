"""A centre assessed against a standard: its folder in, a bundle out that anyone can re-run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from suqiu import __version__, reporting, standards
from suqiu.analysis.naming import COLUMN_NAMES
from suqiu.assessment import bundle
from suqiu.assessment import centre as centres
from suqiu.assessment.exchange import workbook
from suqiu.assessment.forms import BUSINESS, FORMS
from suqiu.assessment.handed import FILE as RECORD
from suqiu.collected import EVIDENCE, FORM_FAULTS, LOCAL, Collected, collect
from suqiu.config import Settings
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Language, Text
from suqiu.lake import replacing
from suqiu.notice import Notice
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.planning import cheapest_plan
from suqiu.standard.records import from_json, to_json
from suqiu.standard.result import Plan, Result, Wanted
from suqiu.standard.targets import with_targets
from suqiu.weighing import weigh

Progress = Callable[[Text, float | None], None]

RESULT = "result.json"
PREVIOUS = "previous.json"
_REPORTS = ("report.docx", "report.html")
#: What columns are called where a report asks for them.
_COLUMNS = {
    **{f"{table}.{column}": title for table in BUSINESS for column, title in COLUMN_NAMES.items()},
    **{
        f"{form.name}.{column.name}": column.title
        for form in FORMS.values()
        for column in (*form.columns, *form.derived)
    },
}
#: Obstacles told on the screen; the report has all.
_NAMED = 5
_PART = re.compile(r"(\d{4})(?:-?(H[12]|Q[1-4]|\d{2}))?")
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an assessment is asked for 评估要求.

    Attributes:
        standard: its id and version, or a folder.
        profile: who is assessed; None goes by centre.yaml.
        period: `2026H1`, `2026Q2`, `2026-05`, `2026`, `2026-01-01/2026-06-30`; None goes by centre.yaml.
        as_of: the day on which evidence must be in date; None is the latest day on which any was collected.
        previous: folder of the last assessment, to compare with.
    """

    standard: str
    profile: str | None = None
    period: str | None = None
    as_of: str | None = None
    previous: Path | None = None


def assess(
    centre: Path,
    out: Path,
    wish: Wish,
    *,
    key: Path | None,
    settings: Settings,
    language: Language,
    progress: Progress,
) -> list[Notice]:
    """Assess a centre and write its bundle: evidence, result, plan, reports, manifest, signature.

    Everything may be killed at any moment and run again; a folder without a manifest is no bundle yet.

    Args:
        centre: its folder.
        out: the bundle's folder; made anew, or one that an assessment wrote before.
        wish: what is asked for.
        key: signing key; None goes by centre.yaml, and where that names none the bundle is not signed.
        settings, language, progress: as everywhere.

    Raises:
        SuqiuError: the standard, the centre's folder or what it hands in cannot be used; the message says why.
    """
    catalogue = standards.load(wish.standard, settings)
    given = centres.load(centre)
    as_of = None if wish.as_of is None else _day(wish.as_of)
    period = None if wish.period is None else period_of(wish.period)
    previous = None if wish.previous is None else result_of(wish.previous)
    signing = key or given.key
    if signing is not None:
        bundle.require_key(signing)
    _require_own(out)
    (out / bundle.MANIFEST).unlink(missing_ok=True)
    collected = collect(centre, out, settings, progress, period=period)
    progress(Text("评定", "judging"), 0.0)
    profile = wish.profile or given.profile
    result = weigh(out / EVIDENCE, catalogue, profile, as_of, settings)
    progress(Text("写报告", "report"), 0.5)
    (out / PREVIOUS).unlink(missing_ok=True)
    files = {} if previous is None else {PREVIOUS: to_json(previous)}
    for name, content in {**files, **_written(result, catalogue, previous, language)}.items():
        with replacing(out / name) as part:
            part.write_bytes(content)
    about = {
        "standard": f"{catalogue.id}/{catalogue.version}",
        "standard_fingerprint": catalogue.fingerprint,
        "profile": profile,
        "as_of": result.as_of.isoformat(),
        "language": language,
        "engine": __version__,
    }
    seal = bundle.seal(out, about, signing)
    told = [*_checked(collected, result), *_faulty(collected, centre), *_not_read_in(centre, out)]
    return [*_found(result, catalogue, language), *told, *_sealed(seal, out)]


def verify(
    folder: Path, settings: Settings, *, signer: str | None, progress: Progress
) -> tuple[list[Notice], list[Text]]:
    """Re-run a bundle from the evidence in it, and compare every byte.

    Args:
        folder: the bundle.
        settings: as everywhere; the standard is looked for among the shipped ones.
        signer: fingerprint of the key that should have signed; None takes any, or none.
        progress: as everywhere.

    Returns:
        What was looked at, and everything that does not hold.

    Raises:
        NotFound: the folder is no bundle, or the standard is not here.
    """
    progress(Text("核对文件", "files"), 0.0)
    seal, problems = bundle.opened(folder)
    if signer is not None and seal.signer != signer:
        found = seal.signer or Text("无签名", "no signature")
        problems.append(
            Text("签名指纹应为{wanted}，实为{found}", "it should be signed by {wanted}: {found}").fill(
                wanted=signer, found=found
            )
        )
    if not problems:  # what was changed need not be re-run: it is not what was handed in
        progress(Text("重新评定", "judging again"), 0.3)
        problems += _re_run(folder, seal.about, settings)
    by = Text("未签名", "not signed") if seal.signer is None else Text(seal.signer, seal.signer)
    outcome = Text("与证据一致", "equal") if not problems else Text("不一致", "not equal")
    return [
        Notice(Text("签名", "signature"), by),
        Notice(Text("重算结果", "re-run"), outcome),
    ], problems


def plan_to(folder: Path, level: int | None, settings: Settings) -> list[Notice]:
    """Return the cheapest plan from a bundle's result to a level, one step a line.

    Args:
        folder: the bundle.
        level: to be reached; None is the next one.
        settings: as everywhere.
    """
    result = result_of(folder)
    catalogue = standards.load(f"{result.standard}/{result.standard_version}", settings)
    plan = _plan(result, catalogue, level or _next(result, catalogue))
    if plan is None or not plan.steps:
        return [Notice(Text("改进计划", "plan"), Text("无需改进", "nothing is to be done"))]
    names = {one.id: one.name for one in catalogue.indicators}
    names |= {one.id: one.name for one in catalogue.gates}
    steps = [
        Notice(
            Text(f"{step.subject} {names[step.subject].zh}", f"{step.subject} {names[step.subject].en}"),
            Text("{days}人日，{owner}：{what}", "{days} person-days, {owner}: {what}").fill(
                days=step.effort_days, owner=step.owner, what=step.action
            ),
        )
        for step in plan.steps
    ]
    total = Text("共{days}人日，预计达到{level}级", "{days} person-days in all, to level {level}")
    return [*steps, Notice(Text("合计", "in all"), total.fill(days=plan.effort_days, level=plan.level))]


def result_of(folder: Path) -> Result:
    """Read the result in a bundle.

    Raises:
        NotFound: there is none.
        InvalidInput: it is damaged, or of another program version.
    """
    path = folder / RESULT
    if not path.is_file():
        raise NotFound(
            "assess.no_result",
            Text("“{folder}”中没有{name}", "{folder} has no {name}").fill(folder=folder, name=RESULT),
            Text("请指定suqiu assess的输出目录", "name a folder that suqiu assess has written"),
        )
    return from_json(path.read_bytes())


def period_of(text: str) -> tuple[date, date]:
    """Read a period: a year, half, quarter or month, or two days.

    Raises:
        InvalidInput: it is none.
    """
    found = _read_period(text)
    if found is None or found[1] < found[0]:
        raise InvalidInput(
            "assess.bad_period",
            Text("评估期“{text}”无效", "{text} is no period").fill(text=text),
            Text("请写成2026H1、2026Q2、2026-05或2026-01-01/2026-06-30", "write 2026H1, 2026Q2, 2026-05 or two days"),
        )
    return found


def _read_period(text: str) -> tuple[date, date] | None:
    span, part = _SPAN.fullmatch(text), _PART.fullmatch(text)
    try:
        if span is not None:
            return date.fromisoformat(span[1]), date.fromisoformat(span[2])
        return None if part is None else _months(int(part[1]), part[2] or "")
    except ValueError:  # such as the 13th month
        return None


def _months(year: int, part: str) -> tuple[date, date]:
    match part[:1]:
        case "":
            begin, count = 1, 12
        case "H":
            begin, count = 6 * int(part[1]) - 5, 6
        case "Q":
            begin, count = 3 * int(part[1]) - 2, 3
        case _:
            begin, count = int(part), 1
    end = begin + count
    after = date(year + (end > 12), end - 12 if end > 12 else end, 1)
    return date(year, begin, 1), after - timedelta(days=1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "assess.bad_day",
            Text("评估日“{text}”无效", "{text} is no day").fill(text=text),
            Text("请写成2026-07-10的形式", "write it as 2026-07-10"),
        ) from error


def _require_own(out: Path) -> None:
    """Refuse a folder that holds anything but an earlier assessment: all of it would become part of the bundle."""
    own = {EVIDENCE, RESULT, PREVIOUS, *_REPORTS, bundle.MANIFEST, bundle.SIGNATURE, bundle.SIGNER}
    strange = sorted(path.name for path in out.iterdir() if path.name not in own) if out.is_dir() else []
    if strange:
        raise Conflict(
            "assess.out_in_use",
            Text("输出目录“{out}”中有其他文件：{name}", "{out} holds something else: {name}").fill(
                out=out, name=strange[0]
            ),
            Text("请换一个空目录", "choose an empty folder"),
        )


def _written(result: Result, catalogue: Catalogue, previous: Result | None, language: Language) -> Mapping[str, bytes]:
    """Return the files that follow from a result alone."""
    document = reporting.compose_assessment(
        result,
        with_targets(catalogue, result.targets),
        _plan(result, catalogue, _next(result, catalogue)),
        previous,
        language,
        _COLUMNS,
    )
    return {
        RESULT: to_json(result),
        "report.docx": reporting.to_docx(document),
        "report.html": reporting.to_html(document).encode(),
    }


def _re_run(folder: Path, about: Mapping[str, Any], settings: Settings) -> list[Text]:
    catalogue = standards.load(str(about.get("standard", "")), settings)
    if catalogue.fingerprint != about.get("standard_fingerprint"):
        return [Text("本机的标准与评估所用的内容不同", "the standard here is not the one that was used")]
    language: Language = "en" if about.get("language") == "en" else "zh"
    as_of, profile = _day(str(about.get("as_of"))), str(about.get("profile"))
    result = weigh(folder / EVIDENCE, catalogue, profile, as_of, settings)
    previous = from_json((folder / PREVIOUS).read_bytes()) if (folder / PREVIOUS).is_file() else None
    again = _written(result, catalogue, previous, language)
    own = {*again, PREVIOUS, bundle.MANIFEST, bundle.SIGNATURE, bundle.SIGNER, f"{EVIDENCE}/{RECORD}"}
    own |= {f"{EVIDENCE}/{item.name}.parquet" for item in result.evidence}
    held = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    foreign = Text("文件“{name}”不是评估所写", "{name} is nothing that an assessment writes")
    return [foreign.fill(name=name) for name in sorted(held) if name not in own] + [
        Text("重算的{name}与原件不同", "{name} comes out differently").fill(name=name)
        for name, content in again.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]


def _next(result: Result, catalogue: Catalogue) -> int:
    return min(result.scoring.level + 1, max(one.number for one in catalogue.levels))


def _plan(result: Result, catalogue: Catalogue, level: int) -> Plan | None:
    if result.scoring.level >= level:
        return None
    findings = {one.subject: one for one in result.findings}
    gates = {one.subject: one for one in result.gate_findings}
    return cheapest_plan(catalogue, result.profile, findings, gates, level)


def _found(result: Result, catalogue: Catalogue, language: Language) -> list[Notice]:
    scoring, overall = result.scoring, result.scoring.overall
    level = next((one.name for one in catalogue.levels if one.number == scoring.level), Text("未定级", "not rated"))
    numbers = Text("{lower:.1%}至{upper:.1%}，已知部分{score}", "{lower:.1%} to {upper:.1%}, {score} of what is known")
    score = "—" if overall.score is None else f"{overall.score:.1%}"
    notices = [
        Notice(
            Text("成熟度等级", "level"),
            Text("{number} {name}", "{number} {name}").fill(number=scoring.level, name=level),
        ),
        Notice(Text("得分", "score"), numbers.fill(lower=overall.lower, upper=overall.upper, score=score)),
        Notice(Text("证据覆盖率", "coverage"), Text(f"{overall.coverage:.1%}", f"{overall.coverage:.1%}")),
    ]
    notices += [Notice(Text("升级障碍", "in the way"), text) for text in _obstacles(result)]
    return notices + [
        Notice(Text("最能提高覆盖率", "would tell most"), _want(one, result)) for one in result.wanted[:3]
    ]


def _obstacles(result: Result) -> list[Text]:
    """Say what keeps the level from being higher, gates first, each with what was found."""
    found = {one.subject: one.message for one in (*result.findings, *result.gate_findings)}
    ordered = sorted(result.scoring.obstacles, key=lambda one: one.kind != "gate")
    lines = [
        Text("{what}：{why}", "{what}: {why}").fill(what=one.message, why=found[one.subject])
        if one.subject in found
        else one.message
        for one in ordered[:_NAMED]
    ]
    more = len(ordered) - len(lines)
    return [*lines, Text("另有{more}项，见报告", "{more} more, see the report").fill(more=more)] if more else lines


def _want(one: Wanted, result: Result) -> Text:
    """Say what to hand in, what it would give, and which columns to fill where it was handed in already."""
    gain = Text("{title}（{gain:.1%}，{count}项指标）", "{title} ({gain:.1%}, {count} indicators)")
    said = gain.fill(title=one.title, gain=one.gain, count=len(one.subjects))
    if not one.columns or not any(item.name == one.form and not item.expired for item in result.evidence):
        return said
    again = Text("{said}：已提交，请核对列{columns}", "{said}: it is there, look at the columns {columns}")
    titles = [_COLUMNS.get(f"{one.form}.{name}", Text(name, name)) for name in one.columns]
    columns = Text("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))
    return again.fill(said=said, columns=columns)


def _checked(collected: Collected, result: Result) -> list[Notice]:
    """Say how far the re-checks have come, and what they contradict: a worksheet half filled in is no whole one."""
    checks = collected.checks
    if not checks.done and not checks.left:
        return []
    far = Text("已核对{done}项，未核对{left}项", "{done} values checked, {left} not yet")
    replaced = [one.subject for one in (*result.findings, *result.gate_findings) if one.replaced is not None]
    which = Text("与填报不符，以复核为准：{all}", "the claim does not hold, the re-check stands: {all}")
    return [
        Notice(Text("抽样复核", "re-checks"), far.fill(done=checks.done, left=checks.left)),
        *(Notice(Text("抽样复核", "re-checks"), which.fill(all=", ".join(replaced))) for _ in replaced[:1]),
    ]


def _faulty(collected: Collected, centre: Path) -> list[Notice]:
    if not collected.faults:
        return []
    name = Text("填报问题", "faults in forms")
    said = Text("{what}。{hint}", "{what}. {hint}")
    lines = [Notice(name, said.fill(what=one.message, hint=one.hint)) for one in collected.faults[:_NAMED]]
    text = Text("共{count}类，逐行见{path}", "{count} kinds, row by row in {path}")
    path = centre / LOCAL / FORM_FAULTS
    return [*lines, Notice(name, text.fill(count=len(collected.faults), path=path))]


def _not_read_in(centre: Path, out: Path) -> list[Notice]:
    """Say that the assessor's spreadsheet beside the forms holds ratings that were not read in: it is not evidence."""
    path, taken = centre / workbook.FILE, out / EVIDENCE / "answers.parquet"
    if not path.is_file():
        return []
    name = Text("评判表", "spreadsheet")
    hint = Text("请运行suqiu assess sheet {centre} --in {path}", "run suqiu assess sheet {centre} --in {path}")
    try:
        written = {(row.subject, row.rating) for row in workbook.read(path.read_bytes(), path.name)}
    except InvalidInput as error:
        return [Notice(name, error.message)]
    columns = pq.read_table(taken, columns=["subject", "rating"]).to_pylist() if taken.is_file() else []
    left = len(written - {(row["subject"], row["rating"]) for row in columns})
    text = Text("{left}条评判尚未导入。{hint}", "{left} ratings are not read in: {hint}")
    return [Notice(name, text.fill(left=left, hint=hint.fill(centre=centre, path=path))) for _ in range(min(left, 1))]


def _sealed(seal: bundle.Seal, out: Path) -> list[Notice]:
    signed = Text("未签名", "not signed") if seal.signer is None else Text(seal.signer, seal.signer)
    return [
        Notice(Text("签名", "signed by"), signed),
        Notice(Text("证据包", "bundle"), Text(str(out), str(out))),
    ]
