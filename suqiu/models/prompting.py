"""Prompts as reviewed data: what is asked, in which form it is answered, within which limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import yaml

PROMPTS = ("category", "department", "title", "demands", "feeling", "reply")
_LABELS = "$labels"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a language model 提示词.

    Attributes:
        id: its file's name.
        version: raised with every change; answers to earlier versions are not used again.
        purpose: what it is for, in Chinese, for the person who reviews it.
        parts: names of the texts it is asked about, in their order.
        task: the Chinese text; `{labels}` stands where `told` puts the labels.
        example: an answer's form, as shown to the model.
        answer: JSON schema of an answer; `$labels` is filled by `labelled`.
        text_characters: of each part that are shown.
        answer_tokens: an answer may take.
        reviewed: what its last review said.
        listed: the labels to choose from, a line each; empty when there are none.
    """

    id: str
    version: int
    purpose: str
    parts: tuple[str, ...]
    task: str
    example: str
    answer: Mapping[str, Any]
    text_characters: int
    answer_tokens: int
    reviewed: str
    listed: str = ""

    @property
    def told(self) -> str:
        """The task with its labels."""
        return self.task.replace("{labels}", self.listed)

    @property
    def placeholders(self) -> frozenset[str]:
        """Words of the example, which are no answer."""
        return frozenset(_words(json.loads(self.example)))

    def labelled(self, labels: Mapping[str, str], *others: str) -> Prompt:
        """Return the prompt with the labels to choose from.

        Args:
            labels: by name, each with the words that describe it, which may be none.
            others: names that may be answered without being listed.
        """
        lines = "\n".join(f"{name}：{words}" if words else name for name, words in labels.items())
        answer = _filled(self.answer, [*labels, *others])
        return replace(self, listed=lines, answer=answer)


def shipped_prompt(name: str) -> Prompt:
    """Read a prompt that comes with the package.

    Raises:
        KeyError: there is none of this name.
    """
    if name not in PROMPTS:
        raise KeyError(name)
    source = files("suqiu.models").joinpath("prompts", f"{name}.yaml").read_text(encoding="utf-8")
    entry = yaml.safe_load(source)
    json.loads(entry["example"])
    return Prompt(
        id=entry["id"],
        version=entry["version"],
        purpose=entry["purpose"],
        parts=tuple(entry["parts"]),
        task=entry["task"],
        example=entry["example"],
        answer=entry["answer"],
        text_characters=entry["limits"]["text_characters"]["value"],
        answer_tokens=entry["limits"]["answer_tokens"]["value"],
        reviewed=entry["reviewed"],
    )


def _words(example: Any) -> Iterator[str]:
    if isinstance(example, str):
        yield example
    elif isinstance(example, Mapping | list):
        for item in example.values() if isinstance(example, Mapping) else example:
            yield from _words(item)


def _filled(schema: Any, labels: list[str]) -> Any:
    if schema == _LABELS:
        return labels
    if isinstance(schema, Mapping):
        return {key: _filled(value, labels) for key, value in schema.items()}
    return [_filled(item, labels) for item in schema] if isinstance(schema, list) else schema
