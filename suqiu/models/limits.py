"""The bounds within which a language model may be called; data with reasons in `limits.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Limits:
    """What no call may exceed 调用限值.

    Attributes:
        connect_seconds: until a connection stands.
        attempts: tries of one question, the first included.
        backoff_seconds: wait before the second try; doubled before each further one.
        longest_wait_seconds: a server that asks to wait longer is not asked again.
        body_bytes: of an answer; more is no answer.
        failures_to_pause: failures in a row after which the endpoint is left alone.
        pause_seconds: how long it is left alone.
        raw_characters: of a text that are looked at before it is cut to its prompt's length.
    """

    connect_seconds: float
    attempts: int
    backoff_seconds: float
    longest_wait_seconds: float
    body_bytes: int
    failures_to_pause: int
    pause_seconds: float
    raw_characters: int


def shipped_limits() -> Limits:
    """Read the limits that come with the package."""
    source = yaml.safe_load(files("suqiu.models").joinpath("limits.yaml").read_text(encoding="utf-8"))
    return Limits(**{item.name: source[item.name]["value"] for item in fields(Limits)})
