from __future__ import annotations

from pathlib import Path

import pytest

from suqiu import citypack, simulate
from suqiu.simulate import material
from tests.simulate.reading import truth

PACK = Path(__file__).parents[2] / "cities" / "linjiang"


def test_the_shipped_city_has_phrases_for_every_leaf_and_a_rich_scenario() -> None:
    told = material.load(PACK / "simulation", citypack.load(PACK))
    assert len(told.scenario.events) >= 10
    assert sum(event.main for event in told.scenario.events) == 4
    assert all(len(phrases.say) >= 4 for phrases in told.phrases.values())


def test_events_and_pressing_matters_still_mean_the_leaves_they_were_written_for() -> None:
    city = citypack.load(PACK)
    scenario = material.load(PACK / "simulation", city).scenario
    meant = {
        "burst_main": "管", "noisy_site": "噪声", "unpaid_wages": "工资", "school_zone": "入学", "power_outage": "停电",
        "food_poisoning": "食物中毒", "road_collapse": "道路", "prepaid_fled": "预付卡", "bus_route": "公交",
        "chemical_smell": "异味", "heating_failure": "室温", "late_handover": "交房",
    }  # fmt: skip
    for event in scenario.events:
        assert meant[event.kind] in city.taxonomy.by_id[event.category].name
    words = "漏 中毒 水 电 气 坠 井盖 工资 讨薪 欺凌 打架 防汛 突发".split()  # noqa: SIM905
    for leaf in scenario.pressing:
        assert any(word in city.taxonomy.by_id[leaf].name for word in words), leaf


@pytest.mark.parametrize("seed", [7, 8])
def test_the_shipped_city_can_be_simulated_with_its_four_main_events(tmp_path: Path, seed: int) -> None:
    simulate.write(citypack.load(PACK), PACK / "simulation", orders=3000, months=6, seed=seed, out=tmp_path)
    sizes = {row["kind"]: int(str(row["orders"])) for row in truth(tmp_path, "events")}
    assert all(sizes[kind] >= 20 for kind in ("burst_main", "noisy_site", "unpaid_wages", "school_zone"))
