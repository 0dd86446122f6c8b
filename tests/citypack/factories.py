"""A small sound pack, written out for a test that then spoils or reads it."""

from __future__ import annotations

import json
from pathlib import Path

from suqiu.citypack import REQUIRED


def square(west: float, south: float, size: float) -> list[list[float]]:
    """A closed ring of four corners."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(id_: str, ring: object) -> str:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "properties": {"id": id_}, "geometry": geometry})


def geojson(*features: str) -> str:
    """One feature a line, the first on line 2."""
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n"


FILES = {
    "city.yaml": """\
name: 小城市
english_name: Small
timezone: Asia/Shanghai
population: 100
taxonomy_source: example
""",
    "taxonomy/01.yaml": """\
- id: "01"
  name: 住房
  children:
    - id: "01.01"
      name: 物业
      children:
        - {id: "01.01.01", name: 物业收费, about: 物业费 涨价}
        - {id: "01.01.02", name: 电梯故障}
""",
    "taxonomy/02.yaml": '- {id: "02", name: 供水}\n',
    "duties/01.yaml": """\
- id: Z1
  category: "01.01"
  what: 物业纠纷
  clause: 示例·物业管理条例
  lead: D01
  assisting: [U01, district]
  examples: [物业费涨了]
- {id: Z2, category: "02", what: 停水, clause: example, lead: district}
""",
    "departments.yaml": """\
departments:
  - {id: D01, name: 市住建局, kind: bureau, aliases: [住建局]}
  - {id: U01, name: 供水公司, kind: utility}
  - {id: Q01, name: 东区政府, kind: district, region: "01"}
not_departments: [其他单位]
""",
    "regions.csv": """\
id,name,level,population,aliases,places
01,东区,district,100,东区区,
01.01,河街道,street,60,,
01.01.001,桥社区,community,60,桥居委会,estate:花园;road:一路;二路
01.02,山镇,street,40,,
""",
    "regions.geojson": geojson(
        feature("01", square(110, 30, 1)),
        feature("01.01", square(110, 30, 0.5)),
        feature("01.02", square(110.5, 30, 0.5)),
    ),
    "calendar.yaml": """\
first: 2026-01-01
last: 2027-12-31
years:
  - year: 2026
    announced: true
    holidays:
      元旦: [2026-01-01, 2026-01-02]
    makeup_days: [2026-01-04]
  - year: 2027
    announced: false
""",
    "limits.yaml": """\
source: example
limits:
  - {stage: close, amount: 15, unit: days, source: example}
  - {stage: close, type: consult, urgency: urgent, amount: 5, unit: workdays, source: example}
pausing:
  - {from: shelve, to: release}
""",
    "weights.yaml": "".join(
        f"{weight.name}:\n  value: {value}\n  reason: 示例\n"
        for weight in REQUIRED
        for value in [
            {"appraisal.response": 0.2, "appraisal.resolution": 0.5, "appraisal.satisfaction": 0.3}.get(
                weight.name, int(weight.low) if weight.whole else weight.high
            )
        ]
    ),
    "knowledge/001.md": '---\nid: K1\ntitle: 停水怎么办\nsource: example\ncategory: "02"\n---\n\n先核对公告。\n',
}


def write_pack(folder: Path, **changed: str | None) -> Path:
    """Write the pack; a changed file is given by its path, with None for a file left out."""
    for file, text in (FILES | changed).items():
        if text is not None:
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
    return folder
