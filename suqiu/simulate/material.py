"""What the simulator is told about a city: its phrases and the scenario, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.simulate.phrases import Phrases
from suqiu.simulate.scenario import Scenario

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Material:
    """All that the simulator is told about a city.

    Attributes:
        phrases: by leaf id; every leaf of the taxonomy has an entry.
        scenario: everything else.
    """

    phrases: Mapping[str, Phrases]
    scenario: Scenario


def load(folder: Path, city: City) -> Material:
    """Read a city's simulation folder.

    Args:
        folder: holds `scenario.yaml` and `phrases/*.yaml`.
        city: whose taxonomy and departments the material must fit.

    Raises:
        NotFound: a file is missing.
        InvalidInput: a file breaks the format, a leaf has no phrases or no duty, or an id is unknown to the city.
    """
    scenario = _read(folder / "scenario.yaml", TypeAdapter(Scenario))
    phrases: dict[str, Phrases] = {}
    adapter: TypeAdapter[dict[str, Phrases]] = TypeAdapter(dict[str, Phrases])
    for path in sorted((folder / "phrases").glob("*.yaml")):
        chapter = _read(path, adapter)
        phrases.update(chapter)
    leaves = {leaf.id for leaf in city.taxonomy.leaves}
    duties = {duty.category for duty in city.duties}
    regions = city.region_by_id
    wrong = (
        ("分类没有模拟用语", "leaves without phrases", leaves - phrases.keys()),
        ("分类没有职责条目", "leaves without a duty", leaves - duties),
        ("事件所用分类不存在", "events' categories that are no leaves", {e.category for e in scenario.events} - leaves),
        ("紧急分类不存在", "pressing categories that are no leaves", scenario.pressing.keys() - leaves),
        (
            "事件所用区划不存在",
            "events' unknown regions",
            {e.region for e in scenario.events if e.region} - regions.keys(),
        ),
        ("承办单位不存在", "unknown departments", scenario.manners.keys() - city.department_by_id.keys()),
    )
    for zh, en, ids in wrong:
        if ids:
            some = "、".join(sorted(ids)[:5])
            raise InvalidInput(
                "simulate.material_does_not_fit",
                Text(
                    "模拟素材与城市数据包不符：{what}：{ids}（共{n}项）",
                    "the material does not fit the city: {what}: {ids} ({n})",
                ).fill(what=Text(zh, en), ids=some, n=len(ids)),
                Text("请在{folder}中补齐或改正", "complete or correct them in {folder}").fill(folder=folder),
            )
    return Material({leaf: phrases[leaf] for leaf in sorted(leaves)}, scenario)


def _read(path: Path, adapter: TypeAdapter[T]) -> T:
    if not path.is_file():
        raise NotFound(
            "simulate.no_material",
            Text("缺少模拟素材文件：{path}", "missing file of the simulator: {path}").fill(path=path),
            Text("该城市数据包没有模拟素材，请使用随附的城市", "this city pack has none: use the city that ships"),
        )
    try:
        return adapter.validate_python(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise _malformed(path, str(error).replace("\n", " ")) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _malformed(path, f"{where}: {first['msg']}") from error


def _malformed(path: Path, what: str) -> InvalidInput:
    return InvalidInput(
        "simulate.malformed_material",
        Text("模拟素材格式有误：{path}：{what}", "malformed material: {path}: {what}").fill(path=path, what=what),
        Text("请按提示改正该文件", "correct the file"),
    )
