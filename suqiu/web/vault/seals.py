"""Sealing: AES-256-GCM under the installation's vault keys, each sealed text bound to the row that it belongs to.

A sealed text begins with a version, the number of its key and its nonce, so that keys can change while old texts
are still read. The first key is the file `keys/vault`; each later one `keys/vault.1`, `keys/vault.2`, ….
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from suqiu.domain.errors import Defect
from suqiu.domain.text import Text
from suqiu.web.site import site

_VERSION = 1
_HEADER = struct.Struct(">BH12s")


def seal(text: str, row: str) -> bytes:
    """Return a text sealed under the newest key, to be opened only as this row's.

    Args:
        text: in the clear.
        row: what the sealed text belongs to, as `person:<code>`: bound to it, so that nobody can swap two rows.
    """
    number, nonce = newest_key(), secrets.token_bytes(12)
    header = _HEADER.pack(_VERSION, number, nonce)
    return header + _cipher(_key_file(number)).encrypt(nonce, text.encode(), header + row.encode())


def unseal(sealed: bytes, row: str) -> str:
    """Return a sealed text in the clear.

    Raises:
        Defect: it was changed, belongs to another row, or its key is gone.
    """
    sealed = bytes(sealed)
    try:
        version, number, nonce = _HEADER.unpack_from(sealed)
        file = _key_file(number)
        if version != _VERSION or not file.is_file():
            raise _broken()
        header, body = sealed[: _HEADER.size], sealed[_HEADER.size :]
        return _cipher(file).decrypt(nonce, body, header + row.encode()).decode()
    except (struct.error, InvalidTag, ValueError) as error:
        raise _broken() from error


def key_of(sealed: bytes) -> int:
    """Return the number of the key that a sealed text needs; -1 where it is none of ours."""
    sealed = bytes(sealed)
    return int(_HEADER.unpack_from(sealed)[1]) if len(sealed) > _HEADER.size and sealed[0] == _VERSION else -1


def key_files() -> list[Path]:
    """Return the files of all keys, the oldest first."""
    folder = site().folder / "keys"
    numbers = sorted(int(file.suffix[1:]) for file in folder.glob("vault.*") if file.suffix[1:].isdecimal())
    return [_key_file(number) for number in (0, *numbers)]


def newest_key() -> int:
    """Return the number of the key that seals now, made when there is none yet."""
    site().key("vault")
    number = key_files()[-1].suffix[1:]
    return int(number) if number else 0


def next_key() -> int:
    """Make a new key, under which everything is sealed from now on; return its number."""
    number = newest_key() + 1
    site().key(f"vault.{number}")
    return number


def phone_mark(phone: str) -> str:
    """Return the keyed hash of a telephone number by which its calls are known as one person's; empty for none."""
    digits = normal_phone(phone)
    return hmac.digest(site().key("phone"), digits.encode(), hashlib.sha256).hex() if digits else ""


def normal_phone(phone: str) -> str:
    """Return a number's digits, the same for every way of writing it: +86 138 1234-5678 is 13812345678."""
    plain = phone.translate({0xFF10 + n: ord("0") + n for n in range(10)} | {ord("＋"): ord("+")}).strip()
    digits = "".join(char for char in plain if char.isdecimal() and char.isascii())
    for lead in ("0086", "86"):
        rest = digits.removeprefix(lead)
        if rest != digits and len(rest) >= 10 and (lead == "0086" or plain.startswith("+") or len(rest) == 11):
            return rest
    return digits


def _key_file(number: int) -> Path:
    return site().folder / "keys" / (f"vault.{number}" if number else "vault")


def _cipher(file: Path) -> AESGCM:
    return _cipher_of(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _cipher_of(file: Path, stamp: int) -> AESGCM:
    return AESGCM(file.read_bytes())


def _broken() -> Defect:
    return Defect(
        "vault.broken",
        Text("保险库中的一条数据无法打开", "something in the vault cannot be opened"),
        Text("数据或密钥可能被改动；请联系系统管理员从备份核对", "data or key may have been changed; compare a backup"),
    )
