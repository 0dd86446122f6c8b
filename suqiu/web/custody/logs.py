"""How the platform's log is written: without personal data, whoever logs.

An address that somebody typed, or the message of an error, may hold a telephone number: what looks like personal data
is masked as everywhere else.
"""

from __future__ import annotations

import logging
import re

from suqiu.intake.redact import redact_text

#: In an address the finders leave numbers alone: there most are no telephone's. In a log none is needed.
_NUMBERS = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?![0-9])")


class Redacted(logging.Formatter):
    """Writes a record, with its traceback, masked."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _NUMBERS.sub("[…]", redact_text(super().format(record)))
