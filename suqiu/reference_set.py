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
#: What a person is told of each kind of centre.
_KINDS = {
    "honest": Text("如实提交", "honest"),
    "hider": Text("隐瞒部分证据", "hides evidence"),
    "inflator": Text("虚报", "inflates its claims"),
    "expired": Text("部分材料过期", "some evidence expired"),
    "gate_open": Text("触发否决项", "gates open"),
    "bare": Text("几乎没有材料", "nearly no data"),
}
_PROFILES = {
    "province": Text("省级", "province"),
    "city": Text("地市", "city"),
    "county": Text("区县", "county"),
    "contractor": Text("承建承运单位", "contractor"),
}


def make(out: Path, settings: Settings, *, seed: int = SEED) -> list[Notice]:
    """Write the twelve centres below a folder, with their planted truth apart."""
    made = centres.make(out, citypack.load(citypack.find(_CITY, settings.cities)), seed=seed)
    told = Text("{profile}，{kind}，应评为{level}级", "{profile}, {kind}: level {level} is to come out")
    said = {one.id: told.fill(kind=_KINDS[one.kind], profile=_PROFILES[one.profile], level=one.level) for one in made}
    return [
        *(Notice(Text(id_, id_), text) for id_, text in said.items()),
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
