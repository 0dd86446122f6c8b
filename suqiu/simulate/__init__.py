"""A believable city's orders, with planted truth in a separate place."""

from suqiu.simulate.simulation import SimulationSummary, write

__all__ = ["SimulationSummary", "write"]
