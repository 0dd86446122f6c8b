"""The bundle: an assessment's folder with the hash of every file in it, signed by the centre.

A bundle is `manifest.json` beside the files that it lists, with `manifest.sig` and `signer.pub` when the centre has a
key. The manifest is written in one canonical form, so that any byte changed anywhere in the folder shows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Text

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
SIGNER = "signer.pub"
_NOT_LISTED = frozenset({MANIFEST, SIGNATURE, SIGNER})
_BLOCK = 1 << 20
_LINK: Mapping[str, Any] = {"bytes": 0, "sha256": "link"}


@dataclass(frozen=True, slots=True)
class Seal:
    """Who vouches for a bundle 签名情况.

    Attributes:
        signer: fingerprint of the key that signed, None when nobody did.
        about: what the manifest says of the assessment.
    """

    signer: str | None
    about: Mapping[str, Any]


def new_key(path: Path) -> str:
    """Make a signing key that only its owner may read, and return its fingerprint.

    Raises:
        Conflict: the file exists; a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise Conflict(
            "bundle.key_exists",
            Text("密钥文件“{path}”已存在", "{path} exists").fill(path=path),
            Text("请换一个文件名，密钥不会被覆盖", "choose another name: a key is never overwritten"),
        ) from error
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return fingerprint_of(_public(key))


def require_key(path: Path) -> None:
    """Refuse a key file that cannot sign, before any work is done.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it holds no usable key.
    """
    _read_key(path)


def seal(folder: Path, about: Mapping[str, Any], key: Path | None) -> Seal:
    """List and hash every file of a folder, and sign the list.

    Args:
        folder: what is to be a bundle; an older manifest and signature in it are replaced.
        about: what identifies the assessment; plain values only.
        key: the centre's signing key; None leaves the bundle unsigned.

    Raises:
        InvalidInput: the key file holds no usable key.
    """
    signing = None if key is None else _read_key(key)
    for name in (SIGNATURE, SIGNER):
        (folder / name).unlink(missing_ok=True)
    manifest = _canonical(about, _hashes(folder))
    (folder / MANIFEST).write_bytes(manifest)
    if signing is None:
        return Seal(None, about)
    public = _public(signing)
    (folder / SIGNATURE).write_bytes(base64.b64encode(signing.sign(manifest)) + b"\n")
    (folder / SIGNER).write_bytes(base64.b64encode(public) + b"\n")
    return Seal(fingerprint_of(public), about)


def opened(folder: Path) -> tuple[Seal, list[Text]]:
    """Return who vouches for a bundle and everything in it that is not as it was sealed.

    Raises:
        NotFound: the folder holds no manifest.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            "bundle.none",
            Text("“{folder}”不是证据包：没有{name}", "{folder} is no bundle: it has no {name}").fill(
                folder=folder, name=MANIFEST
            ),
            Text("请指定suqiu assess的输出目录", "name a folder that suqiu assess has written"),
        )
    raw = path.read_bytes()
    try:
        record = json.loads(raw)
        listed, about = dict(record["files"]), dict(record["about"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Seal(None, {}), [Text("证据清单无法读取，已被改动", "the manifest cannot be read: it was changed")]
    problems = [] if raw == _canonical(about, listed) else [Text("证据清单已被改动", "the manifest was changed")]
    problems += _differences(listed, _hashes(folder))
    signer, wrong = _signature(folder, raw)
    return Seal(signer, about), problems + wrong


def fingerprint_of(public: bytes) -> str:
    """Return sixteen hexadecimal digits that tell a public key from others."""
    return hashlib.sha256(public).hexdigest()[:16]


def _canonical(about: Mapping[str, Any], files: Mapping[str, Any]) -> bytes:
    record = {"about": about, "files": files}
    return (json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _hashes(folder: Path) -> dict[str, Any]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: _hash(path) for name, path in names.items() if name not in _NOT_LISTED}


def _hash(path: Path) -> dict[str, Any]:
    if path.is_symlink():  # a link could show another file to each reader
        return dict(_LINK)
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _differences(listed: Mapping[str, Any], found: Mapping[str, Any]) -> list[Text]:
    said = {
        **{name: Text("清单所列文件“{name}”缺失", "{name} is listed but missing") for name in listed.keys() - found},
        **{name: Text("文件“{name}”不在清单内", "{name} is not listed") for name in found.keys() - listed},
        **{
            name: Text("文件“{name}”已被改动", "{name} was changed")
            for name in listed.keys() & found
            if listed[name] != found[name]
        },
    }
    linked = [
        Text("“{name}”是链接，不是文件", "{name} is a link, no file").fill(name=name)
        for name in sorted(found)
        if found[name] == _LINK
    ]
    return linked + [said[name].fill(name=name) for name in sorted(said)]


def _signature(folder: Path, manifest: bytes) -> tuple[str | None, list[Text]]:
    parts = [folder / SIGNATURE, folder / SIGNER]
    if not any(part.exists() for part in parts):
        return None, []
    broken = [Text("签名与证据清单不符", "the signature does not fit the manifest")]
    if not all(part.is_file() for part in parts):
        return None, broken
    try:
        signature, public = (_decoded(part.read_bytes()) for part in parts)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, manifest)
    except (InvalidSignature, ValueError, binascii.Error):
        return None, broken
    return fingerprint_of(public), []


def _decoded(line: bytes) -> bytes:
    value = base64.b64decode(line.removesuffix(b"\n"), validate=True)
    if base64.b64encode(value) + b"\n" != line:  # base64 has several spellings of the same bytes
        raise ValueError("not the canonical form")
    return value


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise NotFound(
            "bundle.no_key",
            Text("找不到密钥文件“{path}”", "there is no key file {path}").fill(path=path),
            Text("请用suqiu assess key生成", "make one with suqiu assess key"),
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path)
    return key


def _no_key(path: Path) -> InvalidInput:
    return InvalidInput(
        "bundle.bad_key",
        Text("“{path}”不是可用的签名密钥", "{path} holds no usable signing key").fill(path=path),
        Text("请使用suqiu assess key生成的Ed25519私钥", "use an Ed25519 key made by suqiu assess key"),
    )
