"""Orders handed out in bulk: masked as on every page, safe to open in a spreadsheet, never all at once in memory."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from suqiu.web.api import shown
from suqiu.web.orders.models import Order

MOST_ROWS = 200_000
MEDIA = {"csv": "text/csv", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
_LOT = 1000
_CHUNK = 1 << 16

_STRINGS = (
    "number", "contact", "title", "text", "channel", "type", "category", "urgency", "place", "address",
    "object_name", "status", "department", "due_stage", "merged_into", "satisfaction",
)  # fmt: skip
_MOMENTS = (
    "status_at", "accepted_at", "due_at", "sign_due_at", "contact_due_at", "reply_due_at", "close_due_at",
    "replied_at", "closed_at",
)  # fmt: skip
_COUNTS = ("version", "dispatches", "returns", "extensions", "urges", "supervisions", "reworks")
_FLAGS = ("supervised", "exempt", "secret", "solved")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in _STRINGS]
    + [("assisting", pa.list_(pa.string())), ("asked", pa.list_(pa.string()))]
    + [("lon", pa.float64()), ("lat", pa.float64())]
    + [(name, pa.timestamp("us", tz="UTC")) for name in _MOMENTS]
    + [(name, pa.int32()) for name in _COUNTS]
    + [(name, pa.bool_()) for name in _FLAGS]
)


def safe_cell(cell: object) -> object:
    """Keep a spreadsheet from running a text as a formula; numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    bare = cell.lstrip(" \u00a0\u3000")
    return f"'{cell}" if bare[:1] in set("=+-@\t\r\n|%＝＋－＠") and bare[:1] else cell


def streamed(request: HttpRequest, rows: QuerySet[Order], form: str) -> StreamingHttpResponse:
    """Return orders as a stream in a form: `csv`, `jsonl` or `parquet`."""
    found = rows.select_related(*shown.BESIDE).prefetch_related("units")[:MOST_ROWS]
    pieces = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[form](found)
    content = _awaited(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type=MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="orders.{form}"'
    return response


def _said(rows: QuerySet[Order]) -> Iterator[dict[str, Any]]:
    for row in rows.iterator(chunk_size=_LOT):
        yield shown.order(row)


def _csv(rows: QuerySet[Order]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(SCHEMA.names)
    yield b"\xef\xbb\xbf"  # so that Excel reads it as UTF-8
    for said in _said(rows):
        writer.writerow([_cell(said[name]) for name in SCHEMA.names])
        if text.tell() > _CHUNK:
            yield _emptied(text)
    yield _emptied(text)


def _cell(value: Any) -> object:
    if isinstance(value, list):
        value = ";".join(value)
    return safe_cell(value.isoformat() if hasattr(value, "isoformat") else value)


def _jsonl(rows: QuerySet[Order]) -> Iterator[bytes]:
    text = io.StringIO()
    for said in _said(rows):
        text.write(json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n")
        if text.tell() > _CHUNK:
            yield _emptied(text)
    yield _emptied(text)


def _parquet(rows: QuerySet[Order]) -> Iterator[bytes]:
    """Write to a file without a name, then hand it out: the format ends with its directory."""
    with tempfile.TemporaryFile() as file:
        with pq.ParquetWriter(file, SCHEMA) as writer:
            lot: list[dict[str, Any]] = []
            for said in _said(rows):
                lot.append({name: said[name] for name in SCHEMA.names})
                if len(lot) == _LOT * 5:
                    writer.write_table(pa.Table.from_pylist(lot, SCHEMA))
                    lot = []
            writer.write_table(pa.Table.from_pylist(lot, SCHEMA))
        yield from _handed_out(file)


def _handed_out(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _emptied(text: io.StringIO) -> bytes:
    said = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return said


async def _awaited(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Draw pieces in the thread of the request, so that the server's loop never waits for the database."""
    draw = sync_to_async(lambda: next(pieces, None))
    while (piece := await draw()) is not None:
        yield piece
