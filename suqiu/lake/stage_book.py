"""Which stages of a run are done, for which inputs: what makes a run go on where it was killed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from suqiu.lake.writing import fingerprint, replacing


class StageBook:
    """The records of one run's stages.

    A record is written after the stage's files are in place, so it may be missing but never wrong: a process
    killed at any moment leaves the last whole state, and the next start goes on from there.

    Attributes:
        root: the run's folder; files are named from here.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def record(self, stage: str, key: str, figures: Mapping[str, object], files: Iterable[Path]) -> None:
        """Note that a stage is done.

        Args:
            stage: its name.
            key: fingerprint of everything it depended on.
            figures: what it found, as JSON can hold it.
            files: what it wrote.
        """
        marks = {str(path.relative_to(self.root)): fingerprint(path) for path in files}
        note = {"key": key, "figures": figures, "files": marks}
        with replacing(self._note(stage)) as part:
            part.write_text(json.dumps(note, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")

    def recorded(self, stage: str, key: str) -> Mapping[str, Any] | None:
        """Return a stage's figures if it is done for this key and its files are as it left them."""
        try:
            note = json.loads(self._note(stage).read_text("utf-8"))
            same = note["key"] == key and all(
                (self.root / name).is_file() and fingerprint(self.root / name) == mark
                for name, mark in note["files"].items()
            )
            figures: Mapping[str, Any] | None = note["figures"] if same else None
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
            return None
        return figures

    def figures(self, stage: str) -> Mapping[str, Any]:
        """Return what a stage found when it last ran, empty when it never did."""
        try:
            found: Mapping[str, Any] = json.loads(self._note(stage).read_text("utf-8"))["figures"]
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
            return {}
        return found

    def _note(self, stage: str) -> Path:
        return self.root / "lake" / ".stages" / f"{stage}.json"
