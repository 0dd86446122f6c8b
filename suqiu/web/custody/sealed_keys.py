"""The installation's keys inside a backup: sealed under a passphrase, or not there at all.

Whoever has a backup and its keys can read every caller. So the keys go in only under a passphrase that is kept
elsewhere: scrypt (RFC 7914) makes a key of it, AES-256-GCM seals.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

_MAGIC = b"SUQIUKEYS1"
_SALT, _NONCE = 16, 12
#: 64 MiB of memory for each guess.
_COST = 2**16
SHORTEST = 12


def passphrase_in(file: Path) -> str:
    """Return the passphrase in a file: its first line.

    Raises:
        InvalidInput: there is no such file, or the passphrase is too short.
    """
    try:
        first = next(iter(file.read_text("utf-8").splitlines()), "").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "backup.no_passphrase",
            Text("无法读取口令文件“{file}”", "cannot read the passphrase file {file}").fill(file=file),
            Text("请核对路径和权限", "check the path and its rights"),
        ) from error
    if len(first) < SHORTEST:
        raise InvalidInput(
            "backup.short_passphrase",
            Text("口令过短", "the passphrase is too short"),
            Text("第一行至少12个字符", "its first line needs 12 characters or more"),
        )
    return first


def sealed(folder: Path, passphrase: str) -> bytes:
    """Return all key files of a folder, sealed under a passphrase."""
    kept = {file.name: b64encode(file.read_bytes()).decode() for file in sorted(folder.iterdir()) if file.is_file()}
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    body = AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(kept).encode(), _MAGIC)
    return _MAGIC + salt + nonce + body


def unseal(content: bytes, passphrase: str, folder: Path) -> None:
    """Write the key files that `sealed` took into a folder, which only the owner may read.

    Raises:
        InvalidInput: the passphrase is another, or the content was changed.
    """
    at = len(_MAGIC)
    salt, nonce, body = content[at : at + _SALT], content[at + _SALT :][:_NONCE], content[at + _SALT + _NONCE :]
    try:
        # The first bytes are sealed with the rest: another format opens with no passphrase.
        kept: dict[str, str] = json.loads(AESGCM(_key(passphrase, salt)).decrypt(nonce, body, content[:at]))
    except (InvalidTag, ValueError) as error:
        raise InvalidInput(
            "backup.wrong_passphrase",
            Text("口令不符，或备份中的密钥被改动", "another passphrase, or the keys in the backup were changed"),
            Text("请核对口令文件", "check the passphrase file"),
        ) from error
    for name, content_ in kept.items():
        write(folder, name, b64decode(content_))


def write(folder: Path, name: str, content: bytes) -> None:
    """Write one key file that only the owner may read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / Path(name).name
    file.touch(mode=0o600)
    file.write_bytes(content)


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode())
