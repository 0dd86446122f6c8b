"""The encoder that learns, as labelling wants it: models and reading meet here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from suqiu.models import publisher, tuning

Numbers = npt.NDArray[np.int64]

#: What the further labels count in all, beside 1 for the label that the encoder is for.
_TEACHING = 1.3


@dataclass(frozen=True, slots=True)
class EncoderLearner:
    """Teaches the published encoder.

    Attributes:
        published: its folder.
        threads: that it may use.
    """

    published: Path
    threads: int

    @property
    def name(self) -> str:
        """What the encoder was before it was taught."""
        return publisher.published().id

    def learn(
        self,
        texts: Sequence[str],
        labels: Numbers,
        classes: int,
        teachers: Sequence[tuple[Numbers, int]],
        folder: Path,
        progress: Callable[[int, int], None],
        start: Path | None = None,
    ) -> tuning.Tuned:
        """Tune an encoder, or go on where a killed run stopped; see `labelling.deep.DeepLearner`."""
        share = _TEACHING / max(1, len(teachers))
        heads = [tuning.Head(labels, classes, 1.0)]
        heads += [tuning.Head(numbers, of, min(0.5, share)) for numbers, of in teachers]
        return tuning.tune(self.published, texts, heads, folder, progress=progress, start=start, threads=self.threads)

    def load(self, folder: Path) -> tuning.Tuned:
        """Read a tuned encoder back."""
        return tuning.Tuned(folder, threads=self.threads)


def learner(*, threads: int, folder: Path | None = None) -> EncoderLearner | None:
    """Return what teaches the encoder; None where it or its libraries are not installed.

    Raises:
        Conflict: the encoder's files were altered.
    """
    where = folder or publisher.default_folder()
    if not tuning.can_tune() or not publisher.check(where):
        return None
    return EncoderLearner(where, threads)
