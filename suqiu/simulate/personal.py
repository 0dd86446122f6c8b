"""Invented personal data, and look-alikes that are nobody's, as they stand in texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from suqiu.simulate.chance import Chance
from suqiu.simulate.words import Words

#: How often each kind of personal data occurs among planted ones.
_KINDS = (
    ("mobile", 35), ("name", 20), ("title_name", 14), ("landline", 6), ("id_card", 7), ("bank_card", 4),
    ("plate", 7), ("email", 3), ("wechat", 4),
)  # fmt: skip
#: Weights and check characters of GB 11643-1999.
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECK = "10X98765432"
#: Letters and digits of plates; I and O are not in use.
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Planted:
    """Something put into a phrase on purpose.

    Attributes:
        kind: what it is; kinds of decoys begin with `decoy_`.
        string: exactly as it stands there.
        offset: position of its first character in the phrase.
    """

    kind: str
    string: str
    offset: int

    @property
    def is_decoy(self) -> bool:
        """Say whether it only looks like personal data."""
        return self.kind.startswith("decoy_")


class PersonalData:
    """Makes personal data of every kind, each with a phrase around it."""

    def __init__(self, words: Words, area_code: str, chance: Chance) -> None:
        self._words = words
        self._area = area_code
        self._chance = chance
        self._kinds = [kind for kind, weight in _KINDS for _ in range(weight)]
        self._makers: dict[str, Callable[[], str]] = {
            "landline": self._landline,
            "id_card": self._identity,
            "bank_card": self._bank_card,
            "plate": self._plate,
            "email": self._email,
            "wechat": self._wechat,
        }

    def plant(self, name: str, short_name: str, mobile: str) -> tuple[str, Planted]:
        """Return a phrase and the datum in it.

        Args:
            name, short_name, mobile: the caller's own.
        """
        kind = self._chance.pick(self._kinds)
        if kind == "mobile":
            datum = self._spelled(mobile)
        elif kind == "name":
            datum = name
        elif kind == "title_name":
            datum = short_name
        else:
            datum = self._makers[kind]()
        before, _, after = self._chance.pick(self._words.personal[kind]).partition("{x}")
        return before + datum + after, Planted("name" if kind == "title_name" else kind, datum, len(before))

    def _spelled(self, mobile: str) -> str:
        roll = self._chance.roll()
        if roll < 0.7:
            return mobile
        parts = (mobile[:3], mobile[3:7], mobile[7:])
        if roll < 0.8:
            return "-".join(parts)
        if roll < 0.9:
            return " ".join(parts)
        return " ".join(mobile) if roll < 0.95 else mobile.translate(_WIDE_DIGITS)

    def _landline(self) -> str:
        return f"{self._area}{self._chance.pick(('-', '-', '', ' '))}{self._chance.pick('2345678')}{self._digits(6)}"

    def _identity(self) -> str:
        chance = self._chance
        born = f"{chance.whole(1950, 2008)}{chance.whole(1, 12):02d}{chance.whole(1, 28):02d}"
        body = chance.pick(self._words.identity_regions) + born + self._digits(3)
        check = _IDENTITY_CHECK[sum(int(d) * w for d, w in zip(body, _IDENTITY_WEIGHTS, strict=True)) % 11]
        return body + (check.lower() if chance.roll() < 0.3 else check)

    def _bank_card(self) -> str:
        body = self._chance.pick(self._words.bank_prefixes) + self._digits(self._chance.pick((9, 12)))
        number = body + _luhn(body)
        if self._chance.roll() < 0.3:
            return " ".join(number[n : n + 4] for n in range(0, len(number), 4))
        return number

    def _plate(self) -> str:
        chance = self._chance
        head = chance.pick(self._words.plate_provinces) + chance.pick("ABCDEFGHJK")
        dot = "·" if chance.roll() < 0.2 else ""
        if chance.roll() < 0.3:  # new energy: six places, D or F first
            return head + dot + chance.pick("DF") + self._digits(5)
        return head + dot + chance.pick(_PLATE) + chance.pick(_PLATE) + self._digits(3)

    def _email(self) -> str:
        letters = "".join(self._chance.pick("abcdefghijklmnopqrstuvwxyz") for _ in range(self._chance.whole(4, 8)))
        return f"{letters}{self._digits(self._chance.whole(0, 4))}@{self._chance.pick(self._words.email_hosts)}"

    def _wechat(self) -> str:
        letters = "".join(self._chance.pick("abcdefghijklmnopqrstuvwxyz") for _ in range(self._chance.whole(3, 6)))
        return f"{letters}{self._chance.pick(('_', '-', ''))}{self._digits(self._chance.whole(3, 6))}"

    def _digits(self, count: int) -> str:
        return f"{int(self._chance.roll() * 10**count):0{count}d}" if count else ""


class Decoys:
    """Makes numbers and names that a careless redactor takes for personal data."""

    def __init__(self, words: Words, order_prefix: str, chance: Chance) -> None:
        self._words = words
        self._prefix = order_prefix
        self._chance = chance
        self._kinds = sorted(words.decoys)

    def plant(self, year: int) -> tuple[str, Planted]:
        """Return a phrase, all of which is the look-alike."""
        kind = self._chance.pick(self._kinds)
        phrase = self._chance.pick(self._words.decoys[kind])
        filled = phrase.format_map(self._values(year))
        return filled, Planted("decoy_" + kind, filled, 0)

    def _values(self, year: int) -> dict[str, str | int]:
        chance, month, day = self._chance, self._chance.whole(1, 12), self._chance.whole(1, 28)
        contract = chance.pick(("13", "15", "18", "20", "46", "77")) + f"{chance.whole(0, 999_999_999):09d}"
        return {
            "order": f"{self._prefix}{year}{month:02d}{day:02d}{chance.whole(1, 999_999):06d}",
            "year": year,
            "n": chance.whole(101, 399),
            "meter": f"{chance.whole(2, 9)}{chance.whole(0, 999_999_999):09d}",
            "contract": contract,
            "amount": chance.whole(300, 980_000),
            "surname": chance.pick(self._words.surnames),
            "yy": chance.whole(19, 25),
            "mm": f"{month:02d}",
            "dd": f"{day:02d}",
            "m": month,
            "d": day,
            "code": f"{chance.whole(2019, 2026)}-{chance.whole(100000, 999999)}-{chance.whole(10, 99)}",
            "credit": f"91{chance.whole(100000, 999999)}MA{chance.whole(1, 9)}K{chance.whole(100000, 999999)}",
        }


def _luhn(body: str) -> str:
    """Return the check digit of a card number (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
