"""Which encoding a text file is in, and a stream that reads any of them as UTF-8."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa

#: How much of a file is looked at to find its encoding, delimiter and header.
HEAD_BYTES = 256 * 1024
#: Bytes decoded at a time.
_CHUNK = 1024 * 1024


def sniff(head: bytes) -> str:
    """Name the encoding of a file from its first bytes: a UTF-8 variant, UTF-16 (Excel's "Unicode text") or GB18030.

    GB18030 text read as UTF-8 is damaged at nearly every character; UTF-8 text with a few damaged bytes is
    damaged at few. So the file is UTF-8 while the damage stays below one in ten characters beyond ASCII.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head)
    beyond = sum(1 for char in text if char > "\x7f")
    return "utf-8" if text.count("\ufffd") * 10 <= beyond else "gb18030"


def open_bytes(path: Path) -> tuple[BinaryIO, BinaryIO]:
    """Open a file, unpacked if it is gzipped; returns its bytes, and the file itself, whose position tells progress.

    Raises:
        OSError: the file cannot be opened.
    """
    file = path.open("rb")
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return (cast(BinaryIO, gzip.GzipFile(fileobj=file)), file) if packed else (file, file)


class Utf8Stream(io.RawIOBase):
    """A binary stream of UTF-8, decoded from any encoding; bytes that cannot be decoded become U+FFFD."""

    def __init__(self, path: Path, encoding: str, skip: int = 0) -> None:
        """Open the file and leave out its first `skip` characters.

        Raises:
            OSError: the file cannot be opened.
        """
        self._bytes, self._file = open_bytes(path)
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._is_utf8 = encoding.startswith("utf-8")
        # The decoder knows byte order marks and counts characters; after that UTF-8 can do without it.
        self._decoding = encoding != "utf-8" or skip > 0
        self._rest = b""
        self._skip = skip
        self._ready = b""
        self._done = False

    @property
    def position(self) -> int:
        """Bytes of the file consumed so far."""
        return self._file.tell()

    def readable(self) -> bool:
        """Say yes: this is what the stream is for."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, all that is left when negative; empty at the end."""
        pieces = [self._ready]
        have = len(self._ready)
        while not self._done and (size < 0 or have < size):
            pieces.append(self._next())
            have += len(pieces[-1])
        whole = b"".join(pieces)
        cut = have if size < 0 else min(size, have)
        self._ready = whole[cut:]
        return whole[:cut]

    def peek(self) -> bytes:
        """Return what comes next without consuming it; empty only at the end."""
        while not self._ready and not self._done:
            self._ready = self._next()
        return self._ready

    def _next(self) -> bytes:
        chunk = self._bytes.read(_CHUNK)
        self._done = not chunk
        if self._decoding:
            text = self._decoder.decode(chunk, final=self._done)
            text, self._skip = text[self._skip :], max(0, self._skip - len(text))
            if self._is_utf8 and not self._skip:
                self._decoding, self._rest = False, self._decoder.getstate()[0]
            return text.encode("utf-8", errors="replace")
        # What is UTF-8 already need not be decoded, only checked, up to a line's end, which is a character's end.
        whole = self._rest + chunk
        cut = len(whole) if self._done else whole.rfind(b"\n") + 1
        whole, self._rest = whole[:cut], whole[cut:]
        return whole if _is_valid(whole) else whole.decode("utf-8", errors="replace").encode("utf-8")

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._bytes.close()
            self._file.close()
        super().close()


def _is_valid(text: bytes) -> bool:
    """Say whether bytes are UTF-8; the column library checks them several times faster than a decoder."""
    ends = pa.py_buffer(np.array([0, len(text)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(text)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
