"""The twelve simulated centres: on them a standard is run before it is released, and the differences are read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from suqiu import citypack
from suqiu.collected import EVIDENCE, collect
from suqiu.config import Settings
from suqiu.domain.text import Text
from suqiu.notice import Notice
from suqiu.simulate import centres
from suqiu.standard.catalogue import Catalogue
from suqiu.standard.result import Result
from suqiu.weighing import weigh

Progress = Callable[[Text, float | None], None]

SEED = 12
_CITY = "linjiang"


def make(out: Path, settings: Settings, *, seed: int = SEED) -> list[Notice]:
    """Write the twelve centres below a folder, with their planted truth apart."""
    made = centres.make(out, citypack.load(citypack.find(_CITY, settings.cities)), seed=seed)
    told = Text("{kind}，适用类型{profile}，植入等级{level}", "{kind}, {profile}, planted level {level}")
    return [
        *(Notice(Text(one.id, one.id), told.fill(kind=one.kind, profile=one.profile, level=one.level)) for one in made),
        Notice(Text("真值", "truth"), Text(str(out / "truth"), str(out / "truth"))),
    ]


def rerun(
    old: Catalogue, new: Catalogue, settings: Settings, progress: Progress
) -> Iterator[tuple[str, Result, Result]]:
    """Assess each of the twelve centres against two versions of a standard.

    Args:
        old, new: the versions; targets set for these centres must be open in both.
        settings: as everywhere.
        progress: told which centre is being assessed.

    Yields:
        The centre's id, its result against the old version, and against the new one.
    """
    told = Text("参照中心重评", "reference centres")
    with tempfile.TemporaryDirectory(prefix="suqiu-reference-") as scratch:
        root = Path(scratch)
        made = centres.make(root / "centres", citypack.load(citypack.find(_CITY, settings.cities)), seed=SEED)
        for done, one in enumerate(made):
            progress(told, done / len(made))
            out = root / "out" / one.id
            collect(one.folder, out, settings, lambda stage, share: None)
            before, after = (weigh(out / EVIDENCE, which, one.profile, None, settings) for which in (old, new))
            yield one.id, before, after
