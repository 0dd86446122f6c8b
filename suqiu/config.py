"""Every setting, with type, default and help; the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Language, Text

_REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation works; each is set by the environment variable `SUQIU_<NAME>`.

    Attributes:
        language: language of messages and reports.
        memory_mb: memory the analytics engine may use, in MB.
        threads: threads the analytics engine may use.
        cities: folder of the city packs that ship.
    """

    language: Language = field(
        default="zh", metadata={"help": Text("界面和报告的语言：zh或en", "language of messages and reports: zh or en")}
    )
    memory_mb: int = field(
        default=1024, metadata={"help": Text("分析引擎可用内存（MB）", "memory the analytics engine may use, in MB")}
    )
    threads: int = field(
        default=2, metadata={"help": Text("分析引擎可用线程数", "threads the analytics engine may use")}
    )
    cities: Path = field(
        default=_REPOSITORY / "cities",
        metadata={"help": Text("随产品提供的城市数据包目录", "folder of the city packs that ship")},
    )


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        InvalidInput: a variable's value does not fit its setting, or no setting has this name.
    """
    given = os.environ if environment is None else environment
    known = {f"SUQIU_{item.name.upper()}": item.name for item in fields(Settings)}
    values: dict[str, object] = {}
    for variable, name in known.items():
        text = given.get(variable)
        if text is None:
            continue
        if name == "language":
            if text not in {"zh", "en"}:
                raise _refused(variable, text, "zh, en")
            values[name] = text
        elif name == "cities":
            values[name] = Path(text)
        else:
            if not text.isdecimal() or int(text) < 1:
                raise _refused(variable, text, "1, 2, 3 …")
            values[name] = int(text)
    return Settings(**values)  # type: ignore[arg-type]


def _refused(variable: str, value: str, accepted: str) -> InvalidInput:
    return InvalidInput(
        "config.bad_value",
        Text("环境变量{variable}的值“{value}”无效", "the environment variable {variable} cannot be {value}").fill(
            variable=variable, value=value
        ),
        Text("可用的值：{accepted}", "accepted: {accepted}").fill(accepted=accepted),
    )
