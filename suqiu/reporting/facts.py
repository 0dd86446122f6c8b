"""`facts.json`: every fact of a run, in a file that anyone can read and check."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.evidence import Fact, Interval, Outcome, Slice
from suqiu.domain.text import Text


def write_facts(path: Path, facts: Iterable[Fact]) -> None:
    """Write facts sorted by id, with sorted keys, one line a fact, so that equal facts make equal files."""
    by_id = {fact.fact_id: fact for fact in facts}
    lines = (
        json.dumps(asdict(by_id[fact_id]), ensure_ascii=False, sort_keys=True, allow_nan=False)
        for fact_id in sorted(by_id)
    )
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8", newline="\n")


def read_facts(path: Path) -> tuple[Fact, ...]:
    """Read what `write_facts` wrote.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is no file of facts.
    """
    try:
        return tuple(_fact(item) for item in json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise NotFound(
            "report.no_facts",
            Text("找不到事实文件{path}", "there is no file of facts at {path}").fill(path=path),
            Text("请先运行分析，或核对路径", "run the analysis first, or check the path"),
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput(
            "report.bad_facts",
            Text("{path}不是有效的事实文件：{why}", "{path} is no valid file of facts: {why}").fill(
                path=path, why=error
            ),
            Text("请使用本系统生成的facts.json，勿手工修改", "use the facts.json that Suqiu wrote, unchanged"),
        ) from error


def _fact(item: Mapping[str, Any]) -> Fact:
    return Fact(
        **{
            **item,
            "name": Text(**item["name"]),
            "slice": Slice(**{**item["slice"], "name": Text(**item["slice"]["name"])}),
            "outcome": Outcome(item["outcome"]),
            "interval": None if item["interval"] is None else Interval(**item["interval"]),
            "reason": None if item["reason"] is None else Text(**item["reason"]),
        }
    )
