"""What is wrong with a folder of data files, with file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from suqiu.domain.text import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong in one file of a folder 数据文件问题.

    Attributes:
        file: path inside the folder, with forward slashes.
        line: its line, counted from 1; None where the file as a whole is meant.
        message: what is wrong.
        hint: how to mend it.
        severity: an `error` keeps the folder from loading, a `warning` does not.
    """

    file: str
    line: int | None
    message: Text
    hint: Text
    severity: Severity = "error"


@dataclass
class FaultLog:
    """Collects the faults of one folder while its files are read.

    Attributes:
        look: where a right example stands; the hint where nothing better can be said.
        found: the faults so far.
    """

    look: Text
    found: list[FileFault] = field(default_factory=list)

    def error(self, file: str, line: int | None, message: Text, hint: Text) -> None:
        """Note what keeps the folder from loading."""
        self.found.append(FileFault(file, line, message, hint))

    def warn(self, file: str, line: int | None, message: Text, hint: Text) -> None:
        """Note what a person should look at, though the folder loads."""
        self.found.append(FileFault(file, line, message, hint, "warning"))

    @property
    def errors(self) -> bool:
        """Say whether anything keeps the folder from loading."""
        return any(fault.severity == "error" for fault in self.found)

    def ordered(self) -> list[FileFault]:
        """Return all faults, errors first, then by file and line."""
        return sorted(
            self.found,
            key=lambda fault: (fault.severity != "error", fault.file, fault.line or 0, fault.message.en),
        )


def nearest(word: str, known: list[str]) -> Text:
    """Return a hint that names the known word most like a mistyped one, or all when none is like it."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return Text("是否应为“{word}”？", "is “{word}” meant?").fill(word=close[0])
    return Text("可用的有：{known}", "known are: {known}").fill(known=", ".join(known[:12]))
