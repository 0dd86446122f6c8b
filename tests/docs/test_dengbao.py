"""The matrix of 等保2.0 names only what exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TEXT = (HOUSE / "docs/reference/dengbao.zh-CN.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:suqiu|tests|deploy|docs|requirements)/[^`]+)`", TEXT)))
#: The areas of 8.1.4 and those of the centre of administration.
AREAS = (
    "身份鉴别", "访问控制", "安全审计", "入侵防范", "恶意代码防范", "可信验证", "数据完整性", "数据保密性",
    "数据备份恢复", "剩余信息保护", "个人信息保护", "安全管理中心", "系统管理", "审计管理", "安全管理",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_what_the_matrix_names_exists(name: str) -> None:
    path, _, test = name.partition("::")
    assert (HOUSE / path).exists()
    if test:
        tree = ast.parse((HOUSE / path).read_text("utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("area", AREAS)
def test_every_area_of_the_standard_is_spoken_of(area: str) -> None:
    assert area in TEXT


def test_what_the_product_claims_to_do_it_proves() -> None:
    """A line that says 产品 names a test."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "| 产品 |" in line]
    assert len(rows) > 15
    assert [row for row in rows if "`tests/" not in row] == []


def test_the_units_of_the_manual_are_those_that_ship() -> None:
    shipped = {path.name for path in (HOUSE / "deploy").iterdir()}
    for page in ("deploy.md", "deploy.zh-CN.md"):
        text = (HOUSE / "docs/how-to" / page).read_text("utf-8")
        named = set(re.findall(r"suqiu-[a-z]+\.(?:service|timer)", text))
        assert named <= shipped
