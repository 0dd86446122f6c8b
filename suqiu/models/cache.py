"""Validated answers kept on disk, so that the same question about the same text is paid for once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile


class Cache:
    """One small file for each answer; what was asked is kept as a hash only 答案缓存.

    Several processes may share a folder: a file appears whole or not at all. A file that cannot be read is as good as
    none, and a folder that cannot be written costs only the saving.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, key: str) -> str | None:
        """Return the answer as the model wrote it, None when there is none."""
        if self._folder is None:
            return None
        try:
            kept = json.loads(self._path(self._folder, key).read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        answer = kept.get("answer") if isinstance(kept, dict) else None
        return answer if isinstance(answer, str) else None

    def write(self, key: str, answer: str, about: Mapping[str, str]) -> None:
        """Keep an answer that was validated.

        Args:
            key: see `key_of`.
            answer: as the model wrote it.
            about: model, prompt and version, for a person who looks into the folder.
        """
        if self._folder is None:
            return
        path = self._path(self._folder, key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as part:
                json.dump({**about, "answer": answer}, part, ensure_ascii=False)
            Path(part.name).replace(path)

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key}.json"


def key_of(*asked: object) -> str:
    """Return the hash under which the answer to a question is kept: model, prompt, version, schema and input."""
    return sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
