"""What labelling asks of an encoder that learns; how it does it is somebody else's affair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]


class Deep(Protocol):
    """An encoder that has learned a task."""

    @property
    def fingerprint(self) -> str:
        """What its answers depend on."""

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return a row of scores for each text, one score a label, higher for likelier."""


class DeepLearner(Protocol):
    """Teaches encoders, and reads back what was taught."""

    @property
    def name(self) -> str:
        """What the encoder was before it was taught."""

    def learn(
        self,
        texts: Sequence[str],
        labels: Numbers,
        classes: int,
        teachers: Sequence[tuple[Numbers, int]],
        folder: Path,
        progress: Progress,
        start: Path | None = None,
    ) -> Deep:
        """Teach an encoder and keep it in a folder; what was begun there and killed is gone on with.

        Args:
            texts: any number.
            labels: one a text, 0 to classes - 1.
            classes: how many labels there are.
            teachers: further labels (-1 where unknown) and how many there are: teach, are never asked for.
            folder: where the result goes.
            progress: told how much of how much is done.
            start: a folder of one taught before with the same labels, to go on from.
        """

    def load(self, folder: Path) -> Deep:
        """Read back what `learn` kept."""
