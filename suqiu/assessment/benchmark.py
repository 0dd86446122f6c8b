"""Comparison between centres by exchange of files: nobody is named, nobody is ranked.

Each centre writes a contribution: its numbers, rounded, without its name. Whoever collects them makes a pool: the
middle of each domain within a profile, where enough centres are in it. Each centre then sees where it lies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.standard.result import Result, Score

#: Centres that a number must hide among; published practice for tables of few units.
LEAST_CENTRES = 5
#: Quartiles need more: with fewer, each would be one centre's own number.
LEAST_FOR_QUARTILES = 10
_SCHEMA = "suqiu-benchmark/1"
_DIGITS = 2
#: What stands for the whole beside the domains.
OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one centre gives away of itself 共享数据.

    Attributes:
        standard: id, version and fingerprint; only equal ones are pooled.
        profile: only equal ones are compared.
        period: of the assessment.
        level: reached.
        parts: by domain and for the whole: lower, upper and coverage, rounded to hundredths.
    """

    standard: str
    profile: str
    period: str
    level: int
    parts: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Middle:
    """Where centres of one profile lie in one domain 分布.

    Attributes:
        centres: how many are in it, rounded down to a multiple of five.
        median: of their lower scores.
        quartiles: the first and the third; None where there are too few centres.
    """

    centres: int
    median: float
    quartiles: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Pool:
    """What all contributions say together 行业基准.

    Attributes:
        standard: what all were assessed against.
        profiles: by profile and part; a profile with too few centres is absent.
        levels: by profile, how many centres reached each level; None where the count is too small to be told, or
            would tell another such count.
        withheld: profiles with too few centres.
    """

    standard: str
    profiles: Mapping[str, Mapping[str, Middle]]
    levels: Mapping[str, Mapping[int, int | None]]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one centre lies in one domain 所处位置: a band between bounds, never a rank.

    Attributes:
        part: the domain, or `overall`.
        lower, upper: the centre's own bounds.
        middle: what it is held beside; None where too few centres share the profile.
        band: in words.
    """

    part: str
    lower: float
    upper: float
    middle: Middle | None
    band: Text


def contribution(result: Result) -> bytes:
    """Return what a centre may hand to others: no name, no id, no count of its orders, numbers rounded."""
    parts = {OVERALL: result.scoring.overall, **{part.id: part.score for part in result.scoring.domains}}
    given = Contribution(
        _standard(result),
        result.profile,
        f"{result.first}/{result.last}",
        result.scoring.level,
        {name: _rounded(score) for name, score in parts.items() if score.weight},
    )
    return (json.dumps({"schema": _SCHEMA, **asdict(given)}, indent=1, sort_keys=True) + "\n").encode()


def read(content: bytes, name: str) -> Contribution:
    """Read a contribution.

    Args:
        content: the file.
        name: its name, for messages.

    Raises:
        InvalidInput: it is none, or damaged.
    """
    try:
        record = json.loads(content)
        found = Contribution(**{key: value for key, value in record.items() if key != "schema"})
        sound = record["schema"] == _SCHEMA and _sound(found)
    except (ValueError, TypeError, KeyError, AttributeError):
        sound = False
    if not sound:
        raise InvalidInput(
            "benchmark.not_a_contribution",
            Text("“{name}”不是有效的共享数据文件", "{name} is no contribution").fill(name=name),
            Text("请使用suqiu benchmark give生成的文件", "use a file written by suqiu benchmark give"),
        )
    return found


def pool(contributions: Sequence[Contribution]) -> Pool:
    """Put contributions together; no number of fewer than five centres comes out.

    Raises:
        InvalidInput: they were not all assessed against one standard, or one was handed in twice.
    """
    standards = sorted({one.standard for one in contributions})
    if len(standards) != 1:
        raise InvalidInput(
            "benchmark.standards_differ",
            Text("共有{count}个不同的标准版本，不能合并", "there are {count} different standards").fill(
                count=len(standards)
            ),
            Text("请只合并同一标准同一版本的结果", "pool results of one standard in one version"),
        )
    seen = [json.dumps(asdict(one), sort_keys=True) for one in contributions]
    if len(set(seen)) != len(seen):
        raise InvalidInput(
            "benchmark.twice",
            Text("有内容完全相同的共享数据", "two contributions are the same"),
            Text("请每个中心只提交一份", "take one from each centre"),
        )
    by_profile: dict[str, list[Contribution]] = {}
    for one in contributions:
        by_profile.setdefault(one.profile, []).append(one)
    enough = {name: ones for name, ones in sorted(by_profile.items()) if len(ones) >= LEAST_CENTRES}
    return Pool(
        standards[0],
        {name: _middles(ones) for name, ones in enough.items()},
        {name: _levels(ones) for name, ones in enough.items()},
        tuple(sorted(by_profile.keys() - enough)),
    )


def to_json(pooled: Pool) -> bytes:
    """Return a pool as it is handed back to the centres."""
    return (json.dumps(asdict(pooled), indent=1, sort_keys=True) + "\n").encode()


def from_json(content: bytes, name: str) -> Pool:
    """Read a pool.

    Raises:
        InvalidInput: it is none.
    """
    try:
        record = json.loads(content)
        return Pool(
            record["standard"],
            {
                profile: {part: _middle(numbers) for part, numbers in parts.items()}
                for profile, parts in record["profiles"].items()
            },
            {
                profile: {int(level): count for level, count in levels.items()}
                for profile, levels in record["levels"].items()
            },
            tuple(record["withheld"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(
            "benchmark.not_a_pool",
            Text("“{name}”不是有效的行业基准文件", "{name} is no pool").fill(name=name),
            Text("请使用suqiu benchmark pool生成的文件", "use a file written by suqiu benchmark pool"),
        ) from error


def placed(result: Result, pooled: Pool) -> tuple[Place, ...]:
    """Return where a centre lies, for the whole and for each domain.

    Raises:
        InvalidInput: the pool is of another standard.
    """
    if pooled.standard != _standard(result):
        raise InvalidInput(
            "benchmark.standards_differ",
            Text("行业基准所用的标准与本次评估不同", "the pool is of another standard"),
            Text("请使用同一标准同一版本的行业基准", "use a pool of the same standard and version"),
        )
    middles = pooled.profiles.get(result.profile, {})
    parts = {OVERALL: result.scoring.overall, **{part.id: part.score for part in result.scoring.domains}}
    return tuple(
        Place(name, score.lower, score.upper, middles.get(name), _band(score, middles.get(name)))
        for name, score in parts.items()
        if score.weight
    )


def _standard(result: Result) -> str:
    return f"{result.standard}/{result.standard_version}/{result.standard_fingerprint}"


def _rounded(score: Score) -> dict[str, float]:
    return {name: round(getattr(score, name), _DIGITS) for name in ("lower", "upper", "coverage")}


def _sound(one: Contribution) -> bool:
    """Say whether what was read is what a contribution holds."""
    numbers = [number for part in one.parts.values() for number in part.values()]
    complete = all(set(part) == {"lower", "upper", "coverage"} for part in one.parts.values())
    texts = all(isinstance(text, str) for text in (one.standard, one.profile, one.period))
    return texts and one.level in range(6) and OVERALL in one.parts and complete and all(map(_is_share, numbers))


def _is_share(number: Any) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= 1


def _middles(ones: Sequence[Contribution]) -> dict[str, Middle]:
    names = sorted({name for one in ones for name in one.parts})
    found = {}
    for name in names:
        values = sorted(one.parts[name]["lower"] for one in ones if name in one.parts)
        if len(values) >= LEAST_CENTRES:
            quartiles = (_quantile(values, 0.25), _quantile(values, 0.75))
            found[name] = Middle(
                len(values) // 5 * 5,
                _quantile(values, 0.5),
                quartiles if len(values) >= LEAST_FOR_QUARTILES else None,
            )
    return found


def _levels(ones: Sequence[Contribution]) -> dict[int, int | None]:
    """Count the centres at each level; a small count is withheld, and so is a second one that would tell it."""
    counts = {level: sum(one.level == level for one in ones) for level in range(6)}
    small = {level for level, count in counts.items() if 0 < count < LEAST_CENTRES}
    if len(small) == 1:  # the rest would tell it
        others = [level for level, count in counts.items() if count and level not in small]
        small |= set(sorted(others, key=lambda level: (counts[level], level))[:1])
    return {level: None if level in small else count for level, count in counts.items()}


def _quantile(values: Sequence[float], at: float) -> float:
    """Return a quantile between neighbours, rounded: `values` is sorted."""
    place = (len(values) - 1) * at
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return round(values[low] + (values[high] - values[low]) * (place - low), _DIGITS)


def _middle(numbers: Mapping[str, Any]) -> Middle:
    quartiles = numbers["quartiles"]
    return Middle(int(numbers["centres"]), float(numbers["median"]), None if quartiles is None else tuple(quartiles))


def _band(score: Score, middle: Middle | None) -> Text:
    if middle is None:
        return Text("同类中心不足五家，不作比较", "fewer than five such centres: not compared")
    low, high = middle.quartiles or (middle.median, middle.median)
    if score.lower > high:
        return Text("高于多数同类中心", "above most such centres")
    if score.upper < low:
        return Text("低于多数同类中心", "below most such centres")
    if score.lower >= low and score.upper <= high:
        return Text("处于同类中心的中间", "in the middle of such centres")
    return Text("证据不足以判断高低", "the evidence is too thin to tell")
