"""Guess from a name in an export what it names: a rough first draft, which a person then edits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from suqiu.domain.city import DepartmentKind

#: Words that exports write where there is no department or no place.
_NOTHING = re.compile(
    r"(其他|其它).*|除.+外.*|(全市|市外|省外|外省|外地|本市|市辖区|各区|各部门|所有|全部|未知|不详|待定|待定位|测试|空|无|暂无)"
    r"|(省级|省直|中央|国家|外省|外地|市外)(单位|部门|机构)"
)
_WORD = re.compile(r"[^\W\d_]")
_OUTSIDE = re.compile(r"法院|检察院|仲裁|纪委|监委|纪检")
_UTILITY = re.compile(r"公司|集团|供电局|电信局|自来水")
_GOVERNMENT = re.compile(r"(人民政府|政府|管理委员会|管委会|办事处|(?<=街道)办|(?<=街)办)$")
_DISTRICT = re.compile(r"[区县旗市]$")
_STREET = re.compile(r"(街道?|镇|乡|苏木)$")


def clean(name: str) -> str:
    """Return a name without control and invisible characters, its white space single and none around it."""
    kept = (" " if ch.isspace() else ch for ch in name if ch.isspace() or unicodedata.category(ch) not in _INVISIBLE)
    return " ".join("".join(kept).replace("\ufffe", "").replace("\uffff", "").split())


#: Control, format and surrogate characters; private use stays: old exports hold rare characters there.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})


def names_nothing(name: str) -> bool:
    """Say whether a name stands for no department and no place: 其他单位, 省级单位, 全市, 无, or a bare dash."""
    return _NOTHING.fullmatch(name) is not None or _WORD.search(name) is None


def bare(name: str, city: str) -> str:
    """Return a department's name without the city's: 临江市公安局, 市公安局 and 公安局 are one."""
    for prefix in (city, city.removesuffix("市"), "市"):
        if prefix and name.startswith(prefix) and len(name) >= len(prefix) + 2:
            name = name.removeprefix(prefix)
    return name


def governed(name: str) -> str:
    """Return the place that a government's name names: 海棠街道办事处 and 海棠街道 give 海棠街道."""
    return _GOVERNMENT.sub("", name)


def department_kind(name: str, districts: Collection[str], streets: Collection[str]) -> DepartmentKind:
    """Guess what kind of body a name means.

    Args:
        name: without the city's name.
        districts, streets: names of the places that the export knows, as `governed` returns them.
    """
    place = governed(name)
    if _OUTSIDE.search(name):
        return DepartmentKind.OUTSIDE
    if place in districts or (place != name and _DISTRICT.search(place)):
        return DepartmentKind.DISTRICT
    if place in streets or _STREET.search(place):
        return DepartmentKind.STREET
    return DepartmentKind.UTILITY if _UTILITY.search(name) else DepartmentKind.BUREAU
