"""Every operational measure, each declared exactly once."""

from __future__ import annotations

from suqiu.analysis.measures.access import ACCESS
from suqiu.analysis.measures.flow import FLOW
from suqiu.analysis.measures.handling import HANDLING
from suqiu.analysis.measures.measure import Measure
from suqiu.analysis.measures.verdict import VERDICT
from suqiu.analysis.measures.volume import VOLUME


def _place(measure: Measure) -> tuple[str, int]:
    return measure.id[0], int(measure.id[1:])


#: All measures in the order of their ids: A access, B dispatch, C handling, V volumes.
ALL: tuple[Measure, ...] = tuple(sorted((*VOLUME, *ACCESS, *FLOW, *HANDLING, *VERDICT), key=_place))
