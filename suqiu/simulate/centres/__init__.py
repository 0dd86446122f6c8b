"""Twelve simulated centres with planted truth, on which each release of the standard is tried."""

from suqiu.simulate.centres.making import Made, make

__all__ = ["Made", "make"]
