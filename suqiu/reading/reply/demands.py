"""What citizens say cut into the distinct things they ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from suqiu.reading.characters import MAX_CHARACTERS

Numbers = npt.NDArray[np.int64]

_CUT = "\x1e"
#: A list: what stands before its first item is an introduction, not a demand of its own.
_ITEM = (
    r"(^|[。；;，,！!？?：:\s])\s*(?:[（(]?(?:[1-9]|[一二三四五六七八九])(?:[、．)）]|\.[^\d])|[①-⑨]|[一二三]是|"
    r"第[一二三四五六](?:[，,、]|个问题|件事|点)|其[一二三四五][，,、：:])"
)
#: A turn to something else: what stands before it is a demand too.
_TURN = (
    r"(^|[。；;，,！!？?：:\s])(?:另外|此外|除此之外|还有一?(?:件事|个问题|点)|还想(?:问|咨询|反映)|"
    r"顺便(?:再)?(?:说|问|反映|咨询)|再就是|与此同时|同时(?:还|也)?(?:反映|咨询|投诉|建议|举报|想问|请问|要求解决))"
)
_MARK = "\x1d"
#: Shorter parts ("谢谢", "请问") ask for nothing.
_LEAST = 6
#: More parts than this are an enumeration of details.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Parts:
    """The distinct demands of many texts, one after the other.

    Attributes:
        texts: each demand; at least one for each text, the whole of it where nothing tells parts apart.
        rows: the text of each.
        counts: demands of each text.
    """

    texts: pa.Array
    rows: Numbers
    counts: Numbers


def parts(demands: pa.Array) -> Parts:
    """Cut demands at numbers of a list and at turns such as 另外, 此外, 同时反映.

    Args:
        demands: string array without null; what exceeds `MAX_CHARACTERS` is left out.
    """
    short = pc.utf8_slice_codeunits(demands, 0, MAX_CHARACTERS)
    listed = pc.replace_substring_regex(short, pattern=_ITEM, replacement=rf"\1{_CUT}{_MARK}")
    turned = pc.replace_substring_regex(listed, pattern=_TURN, replacement=rf"\1{_CUT}")
    lists = pc.split_pattern(turned, pattern=_CUT)
    texts, rows = pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    item = pc.starts_with(texts, _MARK).to_numpy(zero_copy_only=False)
    long_enough = pc.utf8_length(pc.utf8_trim_whitespace(texts)).to_numpy() >= _LEAST + item
    items = np.bincount(rows, weights=item & long_enough, minlength=len(demands))
    first = np.concatenate([[True], rows[1:] != rows[:-1]]) if len(rows) else np.zeros(0, np.bool_)
    introduces = first & ~item & (items[rows] >= 2)
    kept = long_enough & ~introduces
    counts = np.bincount(rows, weights=kept, minlength=len(demands)).astype(np.int64)
    kept &= (counts[rows] >= 2) & (counts[rows] <= _MOST)
    whole = np.flatnonzero((counts < 2) | (counts > _MOST))
    together = pa.concat_arrays([texts.take(pa.array(np.flatnonzero(kept))), short.take(pa.array(whole))])
    owners = np.concatenate([rows[kept], whole])
    order = np.argsort(owners, kind="stable")
    return Parts(
        together.take(pa.array(order)), owners[order], np.bincount(owners, minlength=len(demands)).astype(np.int64)
    )
