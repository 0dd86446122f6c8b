"""A tiny city with its material, and one simulated half-year of it that most tests read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from suqiu import simulate
from suqiu.domain.city import Category, City, Department, DepartmentKind, Duty, Region, RegionLevel, Taxonomy
from suqiu.domain.clock import Calendar, LimitTable, LimitUnit, Stage, TimeLimit
from suqiu.domain.order import OrderType, StepKind, Urgency

LEAVES = {
    "01.01.01": ("物业收费", "物业费 涨价", "estate"),
    "01.01.02": ("屋面渗漏", "漏水 屋顶", "estate"),
    "01.02.01": ("路面坑洼", "路 坑 塌", "road"),
    "02.01.01": ("停水", "没水 供水", "estate"),
    "02.01.02": ("室温不达标", "供热 暖气", "estate"),
    "02.02.01": ("社保卡办理", "社保 补卡", "none"),
}
HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 2, 17), date(2026, 2, 18)})


def city() -> City:
    """Return a city of two districts, four streets and twelve communities."""
    upper = [Category("01", "城乡建设"), Category("01.01", "住房"), Category("01.02", "道路")]
    upper += [Category("02", "公共服务"), Category("02.01", "水热"), Category("02.02", "社保")]
    leaves = [Category(key, name, about) for key, (name, about, _) in LEAVES.items()]
    departments = (
        Department("D01", "市住建局", DepartmentKind.BUREAU, ("住建局",)),
        Department("D02", "市人社局", DepartmentKind.BUREAU),
        Department("U01", "供水集团", DepartmentKind.UTILITY, ("自来水公司",)),
        Department("Q1", "东区人民政府", DepartmentKind.DISTRICT, (), "01"),
        Department("Q2", "西区人民政府", DepartmentKind.DISTRICT, (), "02"),
    )
    leads = {"01.01.01": "D01", "01.01.02": "D01", "01.02.01": None, "02.01.01": "U01", "02.01.02": "U01"}
    duties = tuple(
        Duty(f"Z{key}", key, name, "example", leads.get(key, "D02"), ("D02",) if key == "01.02.01" else ())
        for key, (name, _, _) in LEAVES.items()
    )
    limits = LimitTable(
        (
            TimeLimit(Stage.CLOSE, None, None, 5, LimitUnit.WORKDAYS, "example"),
            TimeLimit(Stage.CLOSE, OrderType.CONSULT, None, 3, LimitUnit.DAYS, "example"),
            TimeLimit(Stage.CLOSE, None, Urgency.EMERGENCY, 24, LimitUnit.HOURS, "example"),
        ),
        ((StepKind.SHELVE, StepKind.RELEASE),),
        "example",
    )
    calendar = Calendar(HOLIDAYS, frozenset({date(2026, 2, 14)}), date(2025, 1, 1), date(2028, 12, 31))
    return City(
        "tiny", "小城市", "Tiny", "Asia/Shanghai", 120_000, Taxonomy((*upper, *leaves), "example"), departments, duties,
        tuple(_regions()), calendar, limits,
    )  # fmt: skip


def _regions() -> list[Region]:
    found = []
    for d in (1, 2):
        found.append(Region(f"0{d}", f"{'东西'[d - 1]}区", RegionLevel.DISTRICT, 60_000))
        for s in (1, 2):
            street = f"0{d}.0{s}"
            found.append(Region(street, f"{'东西'[d - 1]}{'平安'[s - 1]}街道", RegionLevel.STREET, 30_000))
            for c in (1, 2, 3):
                x, y = 115 + d * 0.1 + c * 0.01, 30 + s * 0.1
                ring = ((x, y), (x + 0.01, y), (x + 0.01, y + 0.01), (x, y + 0.01), (x, y))
                name = f"{'东西'[d - 1]}{'平安'[s - 1]}{c}社区"
                found.append(Region(f"{street}.00{c}", name, RegionLevel.COMMUNITY, 10_000, ring))
    return found


def _phrases(leaf: str) -> dict[str, object]:
    name, _, place = LEAVES[leaf]
    where = {"estate": "{estate}", "road": "{road}", "none": ""}[place]
    types = {"consult": 6, "complaint": 1} if place == "none" else {"complaint": 5, "help": 3, "consult": 2}
    return {
        "weight": 10,
        "types": types,
        "place": place,
        "say": [
            f"{where}的{name}情况很差，拖了{{days}}天",
            f"想问{where}{name}怎么回事，花了{{money}}",
            f"{where}{name}第{{n}}回了",
        ],
        "ask": ["请给个说法"],
        "reply": [f"{where}{name}已处理，涉及{{n}}户，费用{{money}}元。"],
    }  # fmt: skip


def scenario() -> dict[str, object]:
    """Return a scenario that plants everything more often than life does."""
    event = {"kind": "test", "place": "estate", "types": {"complaint": 1}, "reply": ["{estate}已处理。"]}
    say = [
        "{estate}出大事了，大家都看到了",
        "{estate}怎么又这样",
        "我家在{estate}，受不了了",
        "请管管{estate}的事",
        "急，{estate}",
    ]
    return {
        "order_prefix": "TC",
        "area_code": "0789",
        "channels": {"phone": 7, "web": 2, "superior": 1},
        "volume": {"hours": [1] * 8 + [6] * 12 + [2] * 4, "weekdays": [1.2, 1, 1, 1, 1, 0.7, 0.6], "holiday": 0.4,
                   "growth": 0.0, "noise": 0.0},
        "shares": {"exact_repeat": 0.02, "reworded_repeat": 0.02, "bad_rows": 0.01, "personal": 0.3, "decoys": 0.2,
                   "several_demands": 0.05, "talkative": 0.05, "hint": 0.3, "typing_error": 0.2, "dialect": 0.2,
                   "consult_direct": 0.5, "misdispatch": 0.1, "secret": 0.1, "anonymous": 0.05, "cue": 0.02,
                   "wrong_record": 0.02, "missing_record": 0.02},
        "manners": {"Q1": {"speed": 0.5, "late": 0.5, "gamed": 0.2, "empty": 0.2, "solved": 0.5},
                    "D02": {"speed": 0.5, "late": 0.0, "gamed": 0.0, "empty": 0.0, "solved": 0.9}},
        "seasons": [{"words": ["供热"], "months": {1: 3.0}, "otherwise": 0.2}],
        "storms": [{"label": "暴雨", "start": 0.5, "days": 3, "volume": 2.0, "words": ["漏水"], "factor": 5}],
        "pressing": {"02.01.01": "urgent"},
        "cues": [{"cue": "self_harm", "urgency": "emergency", "say": ["我不想活了"]}],
        "events": [
            {**event, "label": "爆管", "category": "02.01.01", "scope": "street", "start": 0.2, "hour": 6,
             "growth": {"shape": "burst", "days": 3}, "orders": 120, "main": True, "say": say},
            {**event, "label": "全市", "category": "01.01.01", "scope": "city", "start": 0.6,
             "growth": {"shape": "wave", "days": 20}, "orders": 120, "main": True, "say": say},
            {**event, "label": "小区", "category": "01.01.02", "scope": "community", "start": 0.4, "say": say,
             "fixed": {"estate": ""}, "growth": {"shape": "rise", "days": 15, "half_life": 4}, "orders": 30},
        ],
    }  # fmt: skip


def write_pack(folder: Path) -> Path:
    """Write the files that the simulator reads, and return the material's folder."""
    material = folder / "simulation"
    (material / "phrases").mkdir(parents=True)
    rows = ["id,name,level,population,aliases,places"]
    for number, region in enumerate(_regions()):
        places = ""
        if region.level is RegionLevel.COMMUNITY:
            places = f"estate:{number}号花园;estate:{number}号名邸;road:第{number}大道"
        rows.append(f"{region.id},{region.name},{region.level},{region.population},,{places}")
    (folder / "regions.csv").write_text("\n".join(rows) + "\n", "utf-8")
    save(material / "scenario.yaml", scenario())
    save(material / "phrases" / "01.yaml", {leaf: _phrases(leaf) for leaf in LEAVES})
    return material


def save(path: Path, content: object) -> None:
    """Write a YAML file."""
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


@dataclass(frozen=True)
class Made:
    """A simulated half-year."""

    city: City
    material: Path
    out: Path
    summary: simulate.SimulationSummary


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """Return a material folder of one's own, to break."""
    return write_pack(tmp_path / "pack")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Simulate 6,000 orders once: more than one chunk."""
    root = tmp_path_factory.mktemp("simulated")
    folder = write_pack(root / "pack")
    tiny = city()
    summary = simulate.write(tiny, folder, orders=6000, months=6, seed=7, out=root / "out")
    return Made(tiny, folder, root / "out", summary)
