"""Files with orders: looked into before they are kept."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from suqiu.domain.order import StepKind
from suqiu.web.accounts.roles import Role
from suqiu.web.audit.models import Entry
from suqiu.web.orders import files, flow
from suqiu.web.orders.models import Attachment
from tests.web import made

pytestmark = pytest.mark.django_db


def _office(part: str, *more: str) -> bytes:
    made_of = io.BytesIO()
    with zipfile.ZipFile(made_of, "w") as parts:
        for name in ("[Content_Types].xml", part, *more):
            parts.writestr(name, "<x/>")
    return made_of.getvalue()


_OPEN = "application/vnd.openxmlformats-officedocument"
_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"


def _keep(name: str, content: bytes) -> Attachment:
    return flow.attach(made.somebody(Role.AGENT), made.order("handling").number, "demand", name, content)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("现场.jpg", made.photo(), "image/jpeg"),
        ("现场.PNG", made.photo(format_="PNG"), "image/png"),
        ("现场.webp", made.photo(format_="WEBP"), "image/webp"),
        ("说明.pdf", _PDF, "application/pdf"),
        (
            "说明.docx",
            _office("word/document.xml"),
            f"{_OPEN}.wordprocessingml.document",
        ),
        ("台账.xlsx", _office("xl/workbook.xml"), f"{_OPEN}.spreadsheetml.sheet"),
        ("录像.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 32, "video/mp4"),
    ],
)
def test_photos_documents_and_films_are_kept(name: str, content: bytes, media_type: str) -> None:
    one = _keep(name, content)
    assert one.media_type == media_type
    assert len(files.content(one)) == one.size
    assert Entry.objects.filter(deed="order.attach", detail__file=one.code).exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.jpg", b"", "file_size"),
        ("大.pdf", b"%PDF-" + b"x" * files.MOST_BYTES, "file_size"),
        ("程序.exe", b"MZ", "file_kind"),
        ("页面.svg", b"<svg onload='x()'/>", "file_kind"),
        ("无名", b"x", "file_kind"),
        ("假照片.jpg", b"<html></html>", "file_mismatch"),
        ("坏照片.jpg", b"\xff\xd8\xff\xe0broken", "file_damaged"),
        ("脚本.pdf", _PDF.replace(b"/Type", b"/JavaScript (x) /Type"), "file_damaged"),
        ("藏着的脚本.pdf", _PDF.replace(b"/Type", b"/Java#53cript (x) /Type"), "file_damaged"),
        ("没写完.pdf", b"%PDF-1.7 ...", "file_damaged"),
        ("宏.docx", _office("word/document.xml", "word/vbaProject.bin"), "file_damaged"),
        ("压缩包.docx", _office("readme.txt"), "file_damaged"),
        ("坏.xlsx", b"PK\x03\x04broken", "file_damaged"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _keep(name, content)
    assert refusal.value.code == f"order.{code}"
    assert not Attachment.objects.exists()


def test_a_photo_loses_what_the_camera_wrote_beside_it() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera of Zhang San"
    taken = io.BytesIO()
    Image.new("RGB", (20, 20)).save(taken, "JPEG", exif=exif)
    assert b"Zhang San" in taken.getvalue()
    kept = files.content(_keep("现场.jpg", taken.getvalue() + b"<script>hidden</script>"))
    assert b"Zhang San" not in kept
    assert b"hidden" not in kept


def test_a_photo_of_too_many_points_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    with pytest.raises(InvalidInput):
        _keep("大图.png", bomb.getvalue())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/现场.jpg", "现场.jpg"),
        ("C:\\照片\\现场.jpg", "现场.jpg"),
        ("a\u202egpj.jpg", "agpj.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
    ],
)
def test_names_come_without_paths_and_odd_signs(given: str, kept: str) -> None:
    assert _keep(given, made.photo()).name == kept


def test_proof_comes_from_who_works_on_it() -> None:
    one = made.order("handling", "D01")
    with pytest.raises(NotFound):
        made.proof(one, made.somebody(Role.HANDLER, "D05"))
    with pytest.raises(NotPermitted):
        made.proof(one, made.somebody(Role.ANALYST))
    made.proof(made.order("handling"))


def test_nothing_is_attached_to_what_is_over() -> None:
    one = made.order("archived")
    with pytest.raises(Conflict):
        flow.attach(made.somebody(Role.AGENT), one.number, "demand", "现场.jpg", made.photo())


def test_a_file_comes_with_one_step_of_its_own_order() -> None:
    one, other = made.order("handling"), made.order("handling")
    foreign = made.proof(other)
    with pytest.raises(InvalidInput, match="no_such_file"):
        made.act(one, StepKind.REPLY, text="已修复", solved=True, files=(foreign.code,))
    own = made.proof(one)
    one = made.act(one, StepKind.REPLY, text="已修复", solved=True, files=(own.code,))
    one = made.act(one, StepKind.FAIL_REVIEW, reason="照片不清")
    with pytest.raises(InvalidInput, match="no_such_file"):
        made.act(one, StepKind.REPLY, text="已修复", solved=True, files=(own.code,))


def test_a_damaged_file_is_not_given_out() -> None:
    one = _keep("现场.jpg", made.photo())
    files._path(one.sha256).write_bytes(b"other")
    with pytest.raises(InvalidInput, match="file_damaged"):
        files.content(one)
    files._path(one.sha256).unlink()
