"""Whether the optional encoder and what tunes it are installed here; tests that need them say why they do not run."""

from __future__ import annotations

import importlib.util

import pytest

from suqiu.models import publisher, tuning

PUBLISHED = publisher.default_folder()
_HERE = publisher.check(PUBLISHED)
_RUNS = all(importlib.util.find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))

needs_encoder = pytest.mark.skipif(not (_HERE and _RUNS), reason="the sentence encoder is not installed: make encoder")
needs_tuning = pytest.mark.skipif(
    not (_HERE and _RUNS and tuning.can_tune()), reason="what tunes the sentence encoder is not installed: make encoder"
)
