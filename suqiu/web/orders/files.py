"""Files with orders: looked into before they are kept, kept under what they hold.

A photo is drawn anew from its points: what a camera wrote beside them (place, time, device) and what anybody hid in
it are gone. A document that can run something is refused.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import NamedTuple

from django.db import transaction
from PIL import Image, ImageOps

from suqiu.domain.errors import InvalidInput, NotPermitted
from suqiu.domain.order import NAMES, Status
from suqiu.domain.text import Text
from suqiu.lake import replacing
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.roles import Right
from suqiu.web.audit import chain
from suqiu.web.orders import refused
from suqiu.web.orders.actions import Deed
from suqiu.web.orders.contents import clean
from suqiu.web.orders.models import Attachment, Order, Unit
from suqiu.web.orders.projection import PAST
from suqiu.web.site import site

DEMAND, PROOF = "demand", "proof"
MOST_BYTES = 10_000_000
_MOST_FILES = 30
_MOST_POINTS = 50_000_000
#: An office file unpacks to so much at most, in so many parts.
_MOST_UNPACKED, _MOST_PARTS = 200_000_000, 2000
#: What makes a PDF do something by itself; names in a PDF may be written with #xx.
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|OpenAction|AA)\b")
_OVER = frozenset({Status.ARCHIVED, Status.WITHDRAWN, Status.VOIDED})


class Kind(NamedTuple):
    """A kind of file that is taken."""

    media_type: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]
    looked_into: Callable[[bytes], bytes]


def attach(actor: Actor, order: Order, kind: str, name: str, content: bytes) -> Attachment:
    """Keep a file with an order; see `flow.attach`."""
    _may_attach(actor, order, kind)
    if not content or len(content) > MOST_BYTES:
        raise refused.invalid(
            "file_size", "文件为空或超过10兆字节", "the file is empty or larger than 10 MB",
            "请压缩或拆分后上传", "make it smaller, or split it",
        )  # fmt: skip
    shown = _name(name)
    found = _kind(shown, content)
    kept = found.looked_into(content)
    mark = hashlib.sha256(kept).hexdigest()
    _store(mark, kept)
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=order.pk)
        if Attachment.objects.filter(order=order).count() >= _MOST_FILES:
            raise refused.invalid(
                "too_many_files", f"每件工单最多{_MOST_FILES}个附件", f"an order keeps at most {_MOST_FILES} files",
                "请合并后上传", "put several into one",
            )  # fmt: skip
        one = Attachment.objects.create(
            code=secrets.token_hex(16),
            order=order,
            kind=kind,
            name=shown,
            media_type=found.media_type,
            size=len(kept),
            sha256=mark,
            by=actor.label,
            at=site().now(),
        )
        chain.record(actor, "order.attach", f"order:{order.number}", file=one.code, kind=kind, sha256=mark)
    return one


def content(one: Attachment) -> bytes:
    """Return what a file holds; whoever asks has found its order in the reader's scope.

    Raises:
        InvalidInput: it is no longer what was kept.
    """
    held = _path(one.sha256).read_bytes()
    if hashlib.sha256(held).hexdigest() != one.sha256:
        raise InvalidInput(
            "order.file_damaged",
            Text("附件“{name}”已损坏", "the file {name} is damaged").fill(name=one.name),
            Text("请系统管理员从备份恢复", "ask the administrator to restore it"),
        )
    return held


def brought(order: Order, deed: Deed) -> list[Attachment]:
    """Return the files that come with a deed.

    Raises:
        InvalidInput: one of them was not brought to this order, or came with an earlier step.
    """
    if not deed.files:
        return []
    found = list(Attachment.objects.filter(order=order, code__in=deed.files, step=None))
    if len(found) < len(set(deed.files)):
        raise refused.invalid(
            "no_such_file", "附件不存在，或已随其他环节提交", "a file is not there, or came with another step",
            "请重新上传", "upload it again",
        )  # fmt: skip
    return found


def _may_attach(actor: Actor, order: Order, kind: str) -> None:
    if kind not in {DEMAND, PROOF}:
        raise refused.unknown(Text("附件类别", "kind of file"), kind)
    if not actor.may(Right.ATTACH):
        raise NotPermitted(
            "order.no_attach",
            Text("您的角色不能上传附件", "your role cannot attach files"),
            Text("请联系话务员或承办单位", "ask an agent or the unit"),
        )
    if Status(order.status) in _OVER:
        raise refused.conflict(
            "over", f"工单当前为“{NAMES[Status(order.status)].zh}”，不能再上传附件",
            f"the order is {NAMES[Status(order.status)].en}: nothing can be attached",
            "如需补充，请先重启工单", "reopen it first",
        )  # fmt: skip
    if kind == PROOF and not _may_prove(actor, order):
        raise NotPermitted(
            "order.no_proof",
            Text("佐证只能由主办、协办单位或中心人员上传", "proof comes from the units that work on it, or the centre"),
            Text("请由承办单位上传", "let the unit attach it"),
        )


def _may_prove(actor: Actor, order: Order) -> bool:
    if actor.label == "citizen":
        return False
    units = actor.scope.departments
    if units is None:
        return True
    return Unit.objects.filter(order=order, department__in=units).exclude(role=PAST).exists()


def _name(name: str) -> str:
    """Return a file's name without path and odd signs, at most 120 characters with its suffix."""
    bare = unicodedata.normalize("NFC", clean(PurePath(name.replace("\\", "/")).name)).strip(". ")
    path = PurePath(re.sub(r'[<>:"|?*\n\t]', "_", bare) or "file")
    suffix = path.suffix[:12]
    return f"{path.stem[: 120 - len(suffix)]}{suffix}"


def _kind(name: str, content: bytes) -> Kind:
    suffix = PurePath(name).suffix.lower()
    for kind in _KINDS:
        if suffix in kind.suffixes:
            if kind.begins(content):
                return kind
            raise refused.invalid(
                "file_mismatch", f"“{name}”的内容与扩展名不符", f"{name} is not what its name says",
                "请上传原始文件，不要改扩展名", "upload the file as it was made",
            )  # fmt: skip
    raise refused.invalid(
        "file_kind", f"不接受“{suffix or name}”格式的文件", f"files of the kind {suffix or name} are not taken",
        "可上传JPG、PNG、WebP、PDF、DOCX、XLSX、MP4", "take JPG, PNG, WebP, PDF, DOCX, XLSX or MP4",
    )  # fmt: skip


def _damaged(what: str) -> InvalidInput:
    return refused.invalid(
        "file_damaged", f"文件已损坏或含有不接受的内容（{what}）", f"damaged, or with what is not taken ({what})",
        "请重新生成后上传", "make it anew and upload it",
    )  # fmt: skip


def _drawn_anew(format_: str) -> Callable[[bytes], bytes]:
    def drawn(content: bytes) -> bytes:
        try:
            with Image.open(io.BytesIO(content), formats=(format_,)) as image:
                if image.width * image.height > _MOST_POINTS:
                    raise _damaged("像素过多 too many pixels")
                whole = ImageOps.exif_transpose(image)
                if format_ == "JPEG" and whole.mode != "RGB":
                    whole = whole.convert("RGB")
                bare = Image.new(whole.mode, whole.size)
                if whole.mode == "P":
                    bare.putpalette(whole.getpalette() or [])
                bare.paste(whole)
                made = io.BytesIO()
                bare.save(made, format_, quality=90)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise _damaged("图片 image") from error
        return made.getvalue()

    return drawn


def _still_document(content: bytes) -> bytes:
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)
    if b"%%EOF" not in content[-2048:] or _ACTIVE.search(plain):
        raise _damaged("PDF")
    return content


def _still_office(part: str) -> Callable[[bytes], bytes]:
    def looked_into(content: bytes) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                inside = parts.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise _damaged("Office") from error
        names = {one.filename for one in inside}
        whole = sum(one.file_size for one in inside) <= _MOST_UNPACKED and len(inside) <= _MOST_PARTS
        # `vbaProject.bin` holds macros, `embeddings/` and `activeX/` what could be run from within.
        active = any(re.search(r"vbaproject|/embeddings/|/activex/", name.lower()) for name in names)
        if not whole or active or not {"[Content_Types].xml", part} <= names:
            raise _damaged("Office")
        return content

    return looked_into


def _as_it_is(content: bytes) -> bytes:
    return content


_KINDS = (
    Kind("image/jpeg", (".jpg", ".jpeg"), lambda held: held.startswith(b"\xff\xd8\xff"), _drawn_anew("JPEG")),
    Kind("image/png", (".png",), lambda held: held.startswith(b"\x89PNG\r\n\x1a\n"), _drawn_anew("PNG")),
    Kind("image/webp", (".webp",), lambda held: held[:4] == b"RIFF" and held[8:12] == b"WEBP", _drawn_anew("WEBP")),
    Kind("application/pdf", (".pdf",), lambda held: held.startswith(b"%PDF-"), _still_document),
    Kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        lambda held: held.startswith(b"PK\x03\x04"),
        _still_office("word/document.xml"),
    ),
    Kind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (".xlsx",),
        lambda held: held.startswith(b"PK\x03\x04"),
        _still_office("xl/workbook.xml"),
    ),
    Kind("video/mp4", (".mp4",), lambda held: held[4:8] == b"ftyp", _as_it_is),
)


def _path(mark: str) -> Path:
    return site().files / mark[:2] / mark


def _store(mark: str, held: bytes) -> None:
    path = _path(mark)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replacing(path) as part:
        part.touch(mode=0o600)
        part.write_bytes(held)
