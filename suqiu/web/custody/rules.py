"""The rules of retention, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.site import site

#: What has a rule.
KINDS = ("callers", "originals", "attachments", "sessions", "backups", "audit")
#: The law's least time for logs: six months.
LEAST_AUDIT = 183
_MOST = 36_500


@dataclass(frozen=True, slots=True)
class Rule:
    """How long something stays 保存期限.

    Attributes:
        days: full days.
        reason: why so long.
    """

    days: int
    reason: str


def rules() -> Mapping[str, Rule]:
    """Return the rule of each kind: the installation's own where it has one.

    Raises:
        InvalidInput: a file names what has no rule, or gives no days or no reason.
    """
    found = _read(Path(__file__).with_name("retention.yaml"))
    own = site().folder / "retention.yaml"
    return found | (_read(own) if own.is_file() else {})


def _read(path: Path) -> dict[str, Rule]:
    try:
        said: Any = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _bad(path, "YAML") from error
    if not isinstance(said, dict):
        raise _bad(path, "YAML")
    found: dict[str, Rule] = {}
    for kind, rule in said.items():
        days, reason = (rule.get("days"), rule.get("reason")) if isinstance(rule, dict) else (None, None)
        least = LEAST_AUDIT if kind == "audit" else 0
        if kind not in KINDS or type(days) is not int or not least <= days <= _MOST:
            raise _bad(path, str(kind))
        if not isinstance(reason, str) or not reason.strip():
            raise _bad(path, str(kind))
        found[kind] = Rule(days, reason.strip())
    return found


def _bad(path: Path, what: str) -> InvalidInput:
    return InvalidInput(
        "retain.bad_rule",
        Text("{path}中“{what}”的规则无效", "the rule for {what} in {path} cannot be used").fill(path=path, what=what),
        Text(
            "每项须有days（整数天；audit不少于183）和reason",
            "each needs days (a whole number; audit 183 or more) and a reason",
        ),
    )
