"""How much of a name, a number or an address everybody with the order may see."""

from __future__ import annotations

from suqiu.web.vault.seals import normal_phone

_MOBILE = 11


def masked_name(name: str) -> str:
    """Return the first character and stars: 张**, J**."""
    first = name.strip()[:1]
    return f"{first}**" if first else ""


def masked_phone(phone: str) -> str:
    """Return a number with its middle hidden: 138****5678, 0571****34; short numbers keep their last two digits."""
    digits = normal_phone(phone)
    if not digits:
        return "****" if phone.strip() else ""
    if len(digits) == _MOBILE and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    if digits.startswith("0") and len(digits) > 9:
        area = 3 if digits[1] in "12" else 4
        return f"{digits[:area]}****{digits[-2:]}"
    return f"****{digits[-2:]}"


def masked_contact(contact: str) -> str:
    """Return another way to reach somebody, hidden: z***@example.cn, w***."""
    kept = contact.strip()
    if "@" in kept:
        name, _, host = kept.rpartition("@")
        return f"{name[:1]}***@{host}"
    return f"{kept[:1]}***" if kept else ""
