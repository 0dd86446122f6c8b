"""Which numbers of a survey would tell of a few people, directly or by subtraction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

#: Fewer than this are a few.
LEAST = 5

Why = Literal["small", "beside"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number that might be shown.

    Attributes:
        by, group: about whom; `by` is the same for groups that together are everybody.
        number: which number of the question: an option, or its mean.
        share: it is the share of an option.
        base: who answered.
        count: who chose the option; who answered, for a mean.
    """

    by: str
    group: str
    number: str
    share: bool
    base: int
    count: int


def hidden(cells: Sequence[Cell], *, exclusive: bool) -> list[Why | None]:
    """Return for each number of one question why it is not shown; None where it is.

    `small`: the cell, or its complement, holds fewer than five. `beside`: it is kept back because a small one could
    be had by subtracting it and others from a whole, so that always two or none are missing from a sum.

    Args:
        cells: all numbers of the question.
        exclusive: options exclude each other, so that their counts add up to the base.
    """
    why: list[Why | None] = ["small" if _is_small(cell) else None for cell in cells]
    sums = [*_along(cells, lambda cell: (cell.by, cell.number), lambda cell: bool(cell.group))]
    if exclusive:
        sums += _along(cells, lambda cell: (cell.by, cell.group), lambda cell: cell.share)
    changed = True
    while changed:
        changed = False
        for places in sums:
            missing = [place for place in places if why[place] is not None and cells[place].base]
            others = [place for place in places if why[place] is None and cells[place].count]
            if len(missing) == 1 and others:
                why[min(others, key=lambda place: (cells[place].count, place))] = "beside"
                changed = True
    return why


def _is_small(cell: Cell) -> bool:
    if cell.base < LEAST:
        return True
    return cell.share and (0 < cell.count < LEAST or 0 < cell.base - cell.count < LEAST)


def _along(
    cells: Sequence[Cell], key: Callable[[Cell], Hashable], member: Callable[[Cell], bool]
) -> Iterable[list[int]]:
    """Return the places of cells that add up to something that may be known."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if member(cell):
            found[key(cell)].append(place)
    return found.values()
