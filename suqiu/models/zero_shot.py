"""What a language model can say about orders without having learnt from the city's own: suggestions, never decisions.

Every method takes a batch and returns as many answers in the same order. Texts are redacted; see `Redacted`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from suqiu.domain.city import Category, City, Department
from suqiu.domain.claim import Aspect, Basis, Claim
from suqiu.models.answers import (
    UNCLEAR,
    Answer,
    CategoryForm,
    DemandsForm,
    DepartmentForm,
    FeelingForm,
    Form,
    ReplyForm,
    TitleForm,
)
from suqiu.models.endpoint import Endpoint, F, Question
from suqiu.models.guarding import Redacted
from suqiu.models.prompting import Prompt, shipped_prompt

#: Words beside a label that tell a model what it covers; more would make every question longer.
_WORDS = 8
#: What a district or street does, where the catalogue names no lead.
_DISTRICT = "辖区内属地管理事项"


class ZeroShot:
    """Asks an endpoint about orders of one city 零样本识别."""

    def __init__(self, endpoint: Endpoint, city: City) -> None:
        self._endpoint = endpoint
        self._city = city

    def categories(self, texts: Sequence[Redacted], *, depth: int = 1) -> list[Answer[CategoryForm]]:
        """Choose a category level by level, each time among those of one parent.

        An answer names the deepest level that could be told; where a deeper question fails, the wider answer stays.

        Args:
            texts: of the orders.
            depth: levels to go down, 1 for the widest only.
        """
        found = self._chosen(texts, [None] * len(texts))
        for _ in range(depth - 1):
            parents = [answer.value.category if answer.value else UNCLEAR for answer in found]
            rows = [row for row, parent in enumerate(parents) if parent in self._children]
            deeper = self._chosen([texts[row] for row in rows], [parents[row] for row in rows])
            for row, answer in zip(rows, deeper, strict=True):
                if answer.value is not None and answer.value.category != UNCLEAR:
                    found[row] = replace(answer, seconds=found[row].seconds + answer.seconds)
        return found

    def departments(self, texts: Sequence[Redacted]) -> list[Answer[DepartmentForm]]:
        """Suggest up to three departments for each order, each with a reason."""
        units = self._city.departments
        names = _apart({unit.id: unit.name for unit in units})
        shown = {names[unit.id]: self._remit(unit) for unit in units}
        labels = {unit.id: (unit.name, *unit.aliases) for unit in units}
        ids = {name: id_ for id_, name in names.items()}
        prompt = shipped_prompt("department").labelled(shown)
        return self._endpoint.ask_all([Question(prompt, (text,), DepartmentForm, labels, ids) for text in texts])

    def titles(self, texts: Sequence[Redacted]) -> list[Answer[TitleForm]]:
        """Draft a title for each order."""
        return self._asked(shipped_prompt("title"), texts, TitleForm)

    def demands(self, texts: Sequence[Redacted]) -> list[Answer[DemandsForm]]:
        """List the distinct demands of each order."""
        return self._asked(shipped_prompt("demands"), texts, DemandsForm)

    def feelings(self, texts: Sequence[Redacted]) -> list[Answer[FeelingForm]]:
        """Say how each caller speaks."""
        return self._asked(shipped_prompt("feeling"), texts, FeelingForm)

    def replies(self, pairs: Sequence[tuple[Redacted, Redacted]]) -> list[Answer[ReplyForm]]:
        """Say whether each reply answers its demand.

        Args:
            pairs: what was demanded and what was replied.
        """
        prompt = shipped_prompt("reply")
        return self._endpoint.ask_all([Question(prompt, pair, ReplyForm) for pair in pairs])

    def _chosen(self, texts: Sequence[Redacted], parents: Sequence[str | None]) -> list[Answer[CategoryForm]]:
        prompt = shipped_prompt("category")
        asked: dict[str | None, tuple[Prompt, Mapping[str, tuple[str, ...]], Mapping[str, str]]] = {}
        for parent in dict.fromkeys(parents):
            nodes = self._children[parent]
            names = _apart({node.id: node.name for node in nodes})
            shown = {names[node.id]: self._covers(node) for node in nodes}
            labels = {node.id: (node.name, *node.about.split()) for node in nodes}
            ids = {name: id_ for id_, name in names.items()}
            asked[parent] = (prompt.labelled(shown, UNCLEAR), labels, {**ids, UNCLEAR: UNCLEAR})
        questions = []
        for text, parent in zip(texts, parents, strict=True):
            told, words, by_name = asked[parent]
            questions.append(Question(told, (text,), CategoryForm, words, by_name))
        return self._endpoint.ask_all(questions)

    def _asked(self, prompt: Prompt, texts: Sequence[Redacted], form: type[F]) -> list[Answer[F]]:
        return self._endpoint.ask_all([Question(prompt, (text,), form) for text in texts])

    @cached_property
    def _children(self) -> Mapping[str | None, list[Category]]:
        children: defaultdict[str | None, list[Category]] = defaultdict(list)
        for node in self._city.taxonomy.categories:
            children[node.parent].append(node)
        return dict(children)

    @cached_property
    def _remits(self) -> Mapping[str, list[str]]:
        """For each department, the second-level categories it leads in, those with most duties first."""
        counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for duty in self._city.duties:
            path = self._city.taxonomy.path(duty.category)
            if duty.lead is not None:
                counts[duty.lead][path[min(1, len(path) - 1)].name] += 1
        return {lead: sorted(names, key=lambda name: (-names[name], name)) for lead, names in counts.items()}

    def _remit(self, unit: Department) -> str:
        names = self._remits.get(unit.id, [])[: _WORDS // 2]
        return "、".join(names) if names or unit.region is None else _DISTRICT

    def _covers(self, node: Category) -> str:
        words = node.about.split() or [child.name for child in self._children.get(node.id, [])]
        return "、".join(words[:_WORDS])


def _apart(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by id; those borne twice get their id beside them."""
    counts = Counter(names.values())
    return {id_: name if counts[name] == 1 else f"{name}（{id_}）" for id_, name in names.items()}


def claims(order_id: str, answer: Answer[Form]) -> list[Claim]:
    """Return what an answer asserts about an order's category or departments; nothing for a fallback.

    Confidence is None: nobody has measured it. What a model writes is never a claim of its own.
    """
    value = answer.value
    if isinstance(value, CategoryForm):
        said: list[tuple[Aspect, str, str | None]] = [(Aspect.CATEGORY, id_, None) for id_ in value.chosen()]
    elif isinstance(value, DepartmentForm):
        said = [(Aspect.DEPARTMENT, item.id, item.reason) for item in value.departments]
    else:
        said = []
    return [
        Claim(order_id, aspect, id_, None, rank, Basis.MODEL, answer.author, reason)
        for rank, (aspect, id_, reason) in enumerate(said, 1)
    ]
