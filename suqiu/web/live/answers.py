"""What the knowledge base says about a text, while it is typed 知识推荐."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max, Sum

from suqiu.web.accounts.actor import Actor
from suqiu.web.knowledge import shelf
from suqiu.web.knowledge.models import Article
from suqiu.web.live.similar import LEAST_TEXT

_SHOWN = 3
_LEAST = 0.12
#: An article of the very category counts so much more; its title weighs so many times its body.
_SAME_CATEGORY, _TITLE_WEIGHT = 0.15, 2.0


@dataclass(frozen=True, slots=True)
class _Index:
    """The pairs of characters of every article, with how telling each pair is."""

    articles: tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]
    weights: dict[str, float]


def answers(actor: Actor, text: str, category: str = "") -> list[Article]:
    """Return the articles that answer best, among those that the actor may read.

    Args:
        actor: who reads.
        text: as redacted.
        category: as read or chosen; empty where unknown.
    """
    if len(text.strip()) < LEAST_TEXT:
        return []
    told = Article.objects.aggregate(count=Count("pk"), last=Max("pk"), wordings=Sum("version"))
    index = _index(told["count"], told["last"] or 0, told["wordings"] or 0)
    own = _pairs(text)
    scored = []
    for code, of, title, body in index.articles:
        share = _share(own, title, index.weights) * _TITLE_WEIGHT + _share(own, body, index.weights)
        if category and of and (category == of or category.startswith(f"{of}.")):
            share += _SAME_CATEGORY
        if share >= _LEAST:
            scored.append((share, code))
    best = [code for _, code in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[: 3 * _SHOWN]]
    found = {one.code: one for one in shelf.readable(actor).filter(code__in=best)}
    return [found[code] for code in best if code in found][:_SHOWN]


def _share(own: frozenset[str], theirs: frozenset[str], weights: dict[str, float]) -> float:
    """Return how much of an article's telling pairs the text has, the longer the article the less is asked."""
    shared = sum(weights[pair] for pair in own & theirs)
    return shared / (1 + math.sqrt(sum(weights[pair] for pair in theirs)) * math.sqrt(1 + len(own)))


@lru_cache(maxsize=2)
def _index(count: int, last: int, wordings: int) -> _Index:
    """Return the index, made anew when an article was added or written anew."""
    rows = list(Article.objects.values_list("code", "category", "title", "body"))
    articles = tuple((code, category, _pairs(title), _pairs(body)) for code, category, title, body in rows)
    held = Counter(pair for _, _, title, body in articles for pair in title | body)
    return _Index(articles, {pair: math.log((len(rows) + 1) / number) for pair, number in held.items()})


def _pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a text, without punctuation."""
    plain = "".join(char for char in text if char.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))
