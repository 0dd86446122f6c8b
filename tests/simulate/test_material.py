from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.simulate.material import load
from suqiu.simulate.phrases import phrase
from tests.simulate.conftest import city, save, scenario


def test_good_material_has_phrases_for_every_leaf(material: Path) -> None:
    assert set(load(material, city()).phrases) == {leaf.id for leaf in city().taxonomy.leaves}


def change_phrases(material: Path, leaf: str, **changes: object) -> None:
    path = material / "phrases" / "01.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content[leaf].update(changes)
    save(path, content)


def test_a_leaf_without_phrases_is_named(material: Path) -> None:
    path = material / "phrases" / "01.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    del content["01.02.01"]
    save(path, content)
    with pytest.raises(InvalidInput, match=r"01\.02\.01"):
        load(material, city())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"say": ["{planet}塌了"]}, "planet"),
        ({"say": ["{estate的路"]}, "gap"),
        ({"say": []}, "line"),
        ({"weight": 0}, "weight"),
        ({"types": {"rumour": 1}}, "types"),
        ({"types": {}}, "type"),
        ({"place": "moon"}, "place"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_phrases_that_break_the_format_are_refused_with_file_and_place(
    material: Path, changes: dict[str, object], said: str
) -> None:
    change_phrases(material, "01.01.01", **changes)
    with pytest.raises(InvalidInput, match=said) as caught:
        load(material, city())
    assert "01.yaml" in caught.value.message.zh


def test_text_that_is_no_yaml_is_refused(material: Path) -> None:
    (material / "scenario.yaml").write_text("a: [1", "utf-8")
    with pytest.raises(InvalidInput, match=r"scenario\.yaml"):
        load(material, city())


def test_missing_material_is_said_so(material: Path) -> None:
    (material / "scenario.yaml").unlink()
    with pytest.raises(NotFound, match=r"scenario\.yaml"):
        load(material, city())


def test_an_event_of_an_unknown_category_is_refused(material: Path) -> None:
    content = scenario()
    events = content["events"]
    assert isinstance(events, list)
    events[0]["category"] = "09.09.09"
    save(material / "scenario.yaml", content)
    with pytest.raises(InvalidInput, match=r"09\.09\.09"):
        load(material, city())


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("拖了{days}天", "拖了{days}"),
        ("{days}个工作日内", "{days}内"),
        ("退{money}元", "退{money}"),
        ("晚上{hour}点多", "晚上{hour}"),
        ("{bus}路公交", "{bus}"),
        ("{n}天", "{n}天"),
    ],
)
def test_gaps_that_bring_their_unit_are_not_given_it_twice(written: str, filled: str) -> None:
    assert phrase(written) == filled
