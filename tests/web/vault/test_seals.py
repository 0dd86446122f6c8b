"""Sealing and masking."""

from __future__ import annotations

import pytest

from suqiu.domain.errors import Defect
from suqiu.web.site import site
from suqiu.web.vault import masking, seals


def test_what_is_sealed_comes_back_for_its_row_alone() -> None:
    sealed = seals.seal("张三 13812345678", "person:a")
    assert seals.unseal(sealed, "person:a") == "张三 13812345678"
    assert b"138" not in sealed
    with pytest.raises(Defect):
        seals.unseal(sealed, "person:b")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seals.seal("张三", "person:a") != seals.seal("张三", "person:a")


@pytest.mark.parametrize("place", [0, 2, 7, 15, -1])
def test_a_changed_byte_is_refused(place: int) -> None:
    sealed = bytearray(seals.seal("张三", "person:a"))
    sealed[place] ^= 1
    with pytest.raises(Defect):
        seals.unseal(bytes(sealed), "person:a")


@pytest.mark.parametrize("sealed", [b"", b"\1", b"\1" * 40])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(Defect):
        seals.unseal(sealed, "person:a")


def test_a_new_key_seals_from_now_on_and_old_texts_still_open() -> None:
    old = seals.seal("甲", "person:a")
    number = seals.next_key()
    try:
        new = seals.seal("乙", "person:a")
        assert (seals.key_of(old), seals.key_of(new)) == (number - 1, number)
        assert (seals.unseal(old, "person:a"), seals.unseal(new, "person:a")) == ("甲", "乙")
    finally:
        (site().folder / "keys" / f"vault.{number}").unlink()


@pytest.mark.parametrize(
    "phone", ["13812345678", "+86 138-1234-5678", "8613812345678", "0086 13812345678", "１３８１２３４５６７８"]
)
def test_one_number_has_one_mark_however_it_is_written(phone: str) -> None:
    assert seals.phone_mark(phone) == seals.phone_mark("13812345678")
    assert "138" not in seals.phone_mark(phone) or len(seals.phone_mark(phone)) == 64


def test_no_number_has_no_mark() -> None:
    assert seals.phone_mark(" ") == seals.phone_mark("无") == ""


@pytest.mark.parametrize(
    ("phone", "seen"),
    [
        ("13812345678", "138****5678"), ("0571-88881234", "0571****34"), ("010-88881234", "010****34"),
        ("88881234", "****34"), ("", ""), ("不详", "****"),
    ],
)  # fmt: skip
def test_a_masked_number_hides_its_middle(phone: str, seen: str) -> None:
    assert masking.masked_phone(phone) == seen


@pytest.mark.parametrize(("contact", "seen"), [("zhang@example.cn", "z***@example.cn"), ("wx_zhang", "w***"), ("", "")])
def test_a_masked_address_shows_little(contact: str, seen: str) -> None:
    assert masking.masked_contact(contact) == seen


@pytest.mark.parametrize(("name", "seen"), [("张三丰", "张**"), ("John Smith", "J**"), ("", "")])
def test_a_masked_name_shows_its_first_letter(name: str, seen: str) -> None:
    assert masking.masked_name(name) == seen
