"""What tests of analytic pages have at hand."""

from __future__ import annotations

from tests.web.analysed import analysed, small_run, told

__all__ = ["analysed", "small_run", "told"]
