"""Invented calls with their labels, drawn from phrases and a seed; an encoder that only pretends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from suqiu.reading.labelling.deep import Progress
from suqiu.reading.labelling.examples import Examples, examples_from

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

#: Top level, second level, department, what callers say.
MATTERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("城管", "垃圾清运", "城管局", ("楼下垃圾堆了三天没人运", "垃圾桶满了臭得很", "建筑垃圾倒在绿化带")),
    ("城管", "占道经营", "城管局", ("小贩占道摆摊走不了人", "烧烤摊摆到人行道上", "店家把货堆在路边")),
    ("交通", "公交线路", "交通局", ("公交半小时不来一班", "公交车到站不停", "希望公交多开几班")),
    ("交通", "出租车", "交通局", ("出租车拒载", "司机绕路多收钱", "打车不打表")),
    ("住房", "物业收费", "住建局", ("物业费突然涨价", "物业乱收停车费", "公摊水电算不清")),
)
PLACES = ("东门口", "西大街", "竹苑小区", "塔前村", "河滨路", "三中附近", "老车站")
WHEN = ("从上周起", "今天早上", "半个月来", "昨晚", "一直")


@dataclass(frozen=True)
class Calls:
    """Columns of an invented table."""

    texts: list[str]
    tops: list[str]
    seconds: list[str]
    departments: list[str]
    times: list[str]


def calls(rows: int = 300, seed: int = 1, *, noise: float = 0.1) -> Calls:
    """Draw calls; a share of them is said so vaguely that nobody could tell the label."""
    draw = np.random.default_rng(seed)
    made = Calls([], [], [], [], [])
    for row in range(rows):
        top, second, department, said = MATTERS[draw.integers(len(MATTERS))]
        what = "有件事反映了好久没人管" if draw.random() < noise else said[draw.integers(len(said))]
        made.texts.append(f"{PLACES[draw.integers(len(PLACES))]}{WHEN[draw.integers(len(WHEN))]}{what}")
        made.tops.append(top)
        made.seconds.append(second)
        made.departments.append(department)
        made.times.append(f"2026-01-{1 + row * 28 // rows:02d} {row % 24:02d}:{row % 60:02d}:00")
    return made


def examples(rows: int = 300, seed: int = 1, *, levels: int = 1, timed: bool = True) -> Examples:
    """Return drawn calls as examples; departments teach where the label is the matter."""
    made = calls(rows, seed)
    columns = [made.tops, made.seconds][2 - levels if levels == 1 else 0 :]
    return examples_from(
        pa.array(made.texts),
        [pa.array(column) for column in columns],
        times=pa.array(sorted(made.times)) if timed else None,
        others={"部门": pa.array(made.departments)},
    )


@dataclass
class Pretended:
    """An encoder that has learned by heart which pieces go with which label."""

    votes: dict[str, npt.NDArray[np.float64]]
    classes: int
    fingerprint: str = "pretended"

    def scores(self, texts: Sequence[str]) -> Floats:
        scores = np.zeros((len(texts), self.classes), dtype=np.float32)
        for row, text in zip(scores, texts, strict=True):
            for pair in _pairs(text):
                row += self.votes.get(pair, 0)
        return scores


@dataclass
class PretendedLearner:
    """Teaches pretended encoders, and remembers what it was asked."""

    asked: list[tuple[int, int, list[int], str, str | None]] = field(default_factory=list)
    taught: dict[str, Pretended] = field(default_factory=dict)
    name: str = "pretended-encoder"

    def learn(
        self,
        texts: Sequence[str],
        labels: Numbers,
        classes: int,
        teachers: Sequence[tuple[Numbers, int]],
        folder: Path,
        progress: Progress,
        start: Path | None = None,
    ) -> Pretended:
        self.asked.append(
            (len(texts), classes, [of for _, of in teachers], folder.name, None if start is None else start.name)
        )
        progress(len(texts), len(texts))
        counts: dict[str, npt.NDArray[np.float64]] = {}
        for text, label in zip(texts, labels.tolist(), strict=True):
            for pair in _pairs(text):
                counts.setdefault(pair, np.full(classes, 0.1))[label] += 1
        votes = {pair: np.log(row / row.sum()) - np.log(row / row.sum()).mean() for pair, row in counts.items()}
        found = Pretended(votes, classes, sha256("".join(texts).encode()).hexdigest())
        self.taught[str(folder)] = found
        return found

    def load(self, folder: Path) -> Pretended:
        return self.taught[str(folder)]


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]
