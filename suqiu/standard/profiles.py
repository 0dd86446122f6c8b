"""Which part of a standard applies to whom."""

from __future__ import annotations

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.standard.catalogue import Catalogue, Gate, Indicator, Profile


def profile_of(catalogue: Catalogue, id_: str) -> Profile:
    """Return a profile by id.

    Raises:
        NotFound: there is none; the hint lists them.
    """
    try:
        return catalogue.profile(id_)
    except KeyError as error:
        raise NotFound(
            "standard.no_profile",
            Text("标准没有适用类型“{id}”", "the standard has no profile “{id}”").fill(id=id_),
            Text("可用的有：{known}", "there are: {known}").fill(known=", ".join(one.id for one in catalogue.profiles)),
        ) from error


def applicable(catalogue: Catalogue, profile: str) -> tuple[tuple[Indicator, ...], tuple[Gate, ...]]:
    """Return the indicators and gates that apply to a profile, in the catalogue's order.

    Raises:
        NotFound: there is no such profile.
    """
    left_out = profile_of(catalogue, profile).leaves_out
    return (
        tuple(one for one in catalogue.indicators if one.id not in left_out),
        tuple(one for one in catalogue.gates if one.id not in left_out),
    )
