"""Invented addresses with tags, of places that do not exist."""

from __future__ import annotations

import numpy as np

_FIRST = ("临江", "青禾", "望山", "石桥", "云浦", "南湾", "柳塘", "白鹭")
_SECOND = ("大", "新", "东", "西", "前", "上", "")
_ENDS = {"city": "市", "district": "区", "town": "街道", "road": "路", "poi": "花园"}


def tagged(count: int, seed: int = 3) -> tuple[list[str], list[list[str]]]:
    """Return addresses and, for each, one tag a character."""
    draw = np.random.default_rng(seed)
    texts, tags = [], []
    for _ in range(count):
        parts: list[tuple[str, str | None]] = []
        for kind, end in _ENDS.items():
            if draw.random() < 0.8:
                parts.append((str(draw.choice(_FIRST)) + str(draw.choice(_SECOND)) + end, kind))
        if draw.random() < 0.7:
            parts.append((f"{draw.integers(1, 900)}号", "number"))
        if draw.random() < 0.4:
            parts.append(("，", None))
        parts.append((f"{draw.integers(1, 40)}幢{draw.choice(['A', 'B2', ''])}", "building"))
        texts.append("".join(text for text, _ in parts))
        tags.append([tag for text, kind in parts for tag in _tags(text, kind)])
    return texts, tags


def _tags(text: str, kind: str | None) -> list[str]:
    if kind is None:
        return ["O"] * len(text)
    return [f"B-{kind}", *[f"I-{kind}"] * (len(text) - 1)]
