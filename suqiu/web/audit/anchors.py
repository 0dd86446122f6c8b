"""Anchors: the mark of the chain's head at a moment, kept where whoever can write the database cannot.

Only an anchor kept elsewhere shows that the whole database was put back to an older state.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.audit.chain import keyed
from suqiu.web.audit.models import Head
from suqiu.web.site import site


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head at one moment 审计锚点.

    Attributes:
        number, mark: of the last line then.
        at: when, ISO 8601 in UTC.
        seal: keyed hash over the three.
    """

    number: int
    mark: str
    at: str
    seal: str

    @property
    def genuine(self) -> bool:
        """Whether it was made with this installation's key."""
        return hmac.compare_digest(self.seal, _seal(self.number, self.mark, self.at))

    @property
    def line(self) -> str:
        """As kept in a file."""
        return json.dumps(asdict(self), sort_keys=True)


def _seal(number: int, mark: str, at: str) -> str:
    return keyed(json.dumps(["anchor", number, mark, at]))


def file() -> Path:
    """Return where the installation keeps its own copy of its anchors."""
    return site().folder / "audit-anchors.jsonl"


def drop() -> Anchor:
    """Make an anchor of the chain as it ends now, add it to the file, return it to be kept elsewhere too."""
    head = Head.objects.filter(pk=1).first() or Head()
    at = site().now().astimezone(UTC).isoformat()
    anchor = Anchor(head.number, head.mark, at, _seal(head.number, head.mark, at))
    with file().open("a", encoding="utf-8") as out:
        out.write(anchor.line + "\n")
    return anchor


def kept(path: Path | None = None) -> list[Anchor]:
    """Return the anchors of a file, by default the installation's own; none when it is not there.

    Raises:
        InvalidInput: a line is no anchor.
    """
    where = path or file()
    if not where.is_file():
        return []
    found = []
    for place, text in enumerate(where.read_text("utf-8").splitlines(), 1):
        try:
            said = json.loads(text)
            found.append(Anchor(int(said["number"]), str(said["mark"]), str(said["at"]), str(said["seal"])))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                "audit.bad_anchor",
                Text("{path}第{place}行不是锚点", "line {place} of {path} is no anchor").fill(path=where, place=place),
                Text("请核对该文件是否被改动", "see whether the file was changed"),
            ) from error
    return found
