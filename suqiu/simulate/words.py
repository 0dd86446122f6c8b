"""The words of which simulated orders are made, read from `words.yaml` beside this file."""

from __future__ import annotations

from importlib.resources import files

import yaml

from suqiu.simulate.phrases import PlaceKind, Strict

Lines = tuple[str, ...]
"""Phrases of which one is taken."""


class Openings(Strict):
    """How an order's text begins, by who wrote it down 开头."""

    agent: Lines
    first: Lines
    letter: Lines
    passed: Lines


class Replies(Strict):
    """What departments write around and instead of an honest answer 答复用语."""

    before: Lines
    caller: Lines
    after: Lines
    empty: Lines
    answer: Lines
    unsolved: Lines


class Names(Strict):
    """Parts of which an organisation's name is made, characters and endings 名称用字."""

    first: str
    second: str
    kinds: Lines


class Words(Strict):
    """Every list of `words.yaml`; the file says what each is for."""

    openings: Openings
    times: Lines
    spots: dict[PlaceKind, Lines]
    facts: Lines
    impacts: Lines
    history: Lines
    requests: Lines
    closings: Lines
    more: Lines
    hints: Lines
    fillers: Lines
    dialect: dict[str, Lines]
    homophones: dict[str, str]
    titles: Lines
    replies: Replies
    reasons: dict[str, Lines]
    surnames: str
    double_surnames: Lines
    given: str
    honorifics: Lines
    personal: dict[str, Lines]
    decoys: dict[str, Lines]
    shops: Names
    companies: Names
    mobile_prefixes: Lines
    bank_prefixes: Lines
    identity_regions: Lines
    plate_provinces: str
    email_hosts: Lines


def load() -> Words:
    """Read the words that ship with the package."""
    text = files("suqiu.simulate").joinpath("words.yaml").read_text("utf-8")
    return Words.model_validate(yaml.safe_load(text))
