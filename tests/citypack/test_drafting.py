from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suqiu.citypack import REQUIRED, check, draft, load
from suqiu.citypack.draft_files import KNOWN_YEARS, calendar_file, scalar
from suqiu.domain.city import City, DepartmentKind
from suqiu.domain.errors import Conflict, InvalidInput
from suqiu.domain.profile import ExportProfile, RegionUse
from tests.citypack.factories import write_pack

Chain = tuple[str, ...]


@pytest.fixture(scope="module")
def like(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("example") / "small")


def profile(
    *,
    categories: Mapping[Chain, int] | None = None,
    departments: Mapping[str, int] | None = None,
    given_to: Mapping[Chain, Mapping[str, int]] | None = None,
    regions: tuple[Chain, ...] = (),
    days: tuple[date, date] | None = (date(2025, 3, 1), date(2025, 8, 31)),
) -> ExportProfile:
    return ExportProfile(
        file="导出.csv",
        orders=100,
        first_day=days[0] if days else None,
        last_day=days[1] if days else None,
        categories=categories or {},
        departments=departments or {},
        department_by_category=given_to or {},
        regions=tuple(RegionUse(names, 3, None, None) for names in regions),
        types={},
        channels={},
        statuses={},
        satisfactions={},
    )


RICH = profile(
    categories={("住房", "物业", "收费"): 30, ("住房", "物业"): 2, ("住房", "公积金"): 4, ("供水",): 9},
    departments={"海州市住建局": 20, "市住建局": 21, "东区政府": 5, "海州供水公司": 9, "其他单位": 3, "河街道办": 1},
    given_to={
        ("住房", "物业", "收费"): {"市住建局": 14, "海州市住建局": 6, "东区政府": 5, "其他单位": 3},
        ("住房", "公积金"): {"市住建局": 4},
        ("供水",): {"海州供水公司": 9},
    },
    regions=(
        ("东区", "河街道办事处", "桥社区"),
        ("东区", "河街道办事处"),
        ("西区",),
        ("全市",),
        ("东区", "", "孤社区"),
        (),
    ),
)


def drafted(given_profile: ExportProfile, tmp_path: Path, like: Path) -> City:
    out = tmp_path / "haizhou"
    draft(given_profile, out, name="海州市", like=like)
    assert [fault for fault in check(out) if fault.severity == "error"] == []
    return load(out)


def test_categories_are_numbered_by_name_and_keep_their_tree(tmp_path: Path, like: Path) -> None:
    city = drafted(RICH, tmp_path, like)
    assert [(category.id, category.name) for category in city.taxonomy.categories] == [
        ("01", "住房"),
        ("01.01", "公积金"),
        ("01.02", "物业"),
        ("01.02.01", "收费"),
        ("02", "供水"),
    ]
    assert city.taxonomy.source == "export: 导出.csv"


def test_duties_are_learned_where_history_says_enough(tmp_path: Path, like: Path) -> None:
    city = drafted(RICH, tmp_path, like)
    names = {department.id: department.name for department in city.departments}
    assert [(duty.category, names[duty.lead or ""], duty.clause) for duty in city.duties] == [
        ("01.02.01", "市住建局", "历史办理（25件中20件）"),
        ("02", "海州供水公司", "历史办理（9件中9件）"),
    ]


def test_departments_are_told_apart_by_kind_and_spellings_joined(tmp_path: Path, like: Path) -> None:
    city = drafted(RICH, tmp_path, like)
    assert [(found.id, found.name, found.kind, found.aliases, found.region) for found in city.departments] == [
        ("D01", "市住建局", DepartmentKind.BUREAU, ("海州市住建局",), None),
        ("Q01", "东区政府", DepartmentKind.DISTRICT, (), "01"),
        ("S01", "河街道办", DepartmentKind.STREET, (), "01.01"),
        ("U01", "海州供水公司", DepartmentKind.UTILITY, (), None),
    ]


def test_names_that_are_no_department_are_listed_and_left_out(tmp_path: Path, like: Path) -> None:
    drafted(RICH, tmp_path, like)
    text = (tmp_path / "haizhou" / "departments.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["not_departments"] == ["其他单位"]
    assert "# 导出数据中不是单位的写法，已略去：其他单位" in text


def test_regions_are_numbered_from_their_chains(tmp_path: Path, like: Path) -> None:
    city = drafted(RICH, tmp_path, like)
    assert [(region.id, region.name, region.population) for region in city.regions] == [
        ("01", "东区", None),
        ("01.01", "河街道办事处", None),
        ("01.01.001", "桥社区", None),
        ("02", "西区", None),
    ]


def test_the_calendar_covers_a_year_on_each_side(tmp_path: Path, like: Path) -> None:
    calendar = drafted(RICH, tmp_path, like).calendar
    assert (calendar.first, calendar.last) == (date(2024, 1, 1), date(2026, 12, 31))
    assert date(2025, 10, 6) in calendar.holidays
    assert date(2025, 9, 28) in calendar.makeup_days


def test_years_without_known_holidays_are_said_to_be_so(tmp_path: Path, like: Path) -> None:
    out = tmp_path / "later"
    later = max(KNOWN_YEARS) + 1
    report = draft(profile(days=(date(later, 1, 1), date(later, 2, 1))), out, name="海州市", like=like)
    assert any(f"{later}、{later + 1}" in text.zh for text in report.to_do)
    assert "没有这一年的节假日安排" in (out / "calendar.yaml").read_text(encoding="utf-8")


def test_limits_and_weights_are_the_examples_and_marked_so(tmp_path: Path, like: Path) -> None:
    city, example = drafted(RICH, tmp_path, like), load(like)
    assert [limit.amount for limit in city.limits.limits] == [limit.amount for limit in example.limits.limits]
    assert city.limits.pausing == example.limits.pausing
    assert all(limit.source.startswith("example") for limit in city.limits.limits)
    assert {name: weight.value for name, weight in city.weights.items()} == {
        name: weight.value for name, weight in example.weights.items()
    }
    assert all(weight.reason.startswith("example") for weight in city.weights.values())


def test_the_report_tells_export_from_example(tmp_path: Path, like: Path) -> None:
    report = draft(RICH, tmp_path / "new", name="海州市", like=like)
    assert report.folder == tmp_path / "new"
    assert [text.en for text in report.from_export] == [
        "4 regions, without population and outline",
        "4 departments, their kind guessed from the name",
        "2 duties, from past dispatches",
        "5 categories",
        "calendar from 2024 to 2026",
    ]
    assert [text.en for text in report.from_example] == ["2 time limits", f"{len(REQUIRED)} weights and thresholds"]
    to_do = "\n".join(text.en for text in report.to_do)
    assert "not taken as departments: 其他单位" in to_do
    assert "not taken as regions: 全市" in to_do
    assert "1 leaf categories have no duty yet" in to_do


def test_an_export_of_bare_letters_gets_the_examples_catalogue(tmp_path: Path, like: Path) -> None:
    report = draft(profile(days=None), tmp_path / "bare", name="海州市", like=like)
    city, example = load(tmp_path / "bare"), load(like)
    assert city.taxonomy == example.taxonomy
    assert city.taxonomy.source == "example"
    assert [found.id for found in city.departments] == ["D01", "U01"]
    assert city.duties == example.duties
    assert city.regions == ()
    assert (city.calendar.first, city.calendar.last) == (example.calendar.first, example.calendar.last)
    assert "source: example" in (tmp_path / "bare" / "taxonomy.yaml").read_text(encoding="utf-8")
    assert "source: example" in (tmp_path / "bare" / "departments.yaml").read_text(encoding="utf-8")
    assert [text.en for text in report.from_export] == []


def test_the_examples_duties_go_to_departments_that_exist_here(tmp_path: Path, like: Path) -> None:
    report = draft(profile(departments={"海州市住建局": 9, "市公安局": 8}), tmp_path / "x", name="海州市", like=like)
    city = load(tmp_path / "x")
    names = {department.id: department.name for department in city.departments}
    assert [(duty.id, duty.lead and names[duty.lead], duty.assisting) for duty in city.duties] == [
        ("Z1", "海州市住建局", ()),
        ("Z2", None, ()),
    ]
    assert "no lead here" not in "".join(text.en for text in report.to_do)


def test_a_duty_whose_lead_is_unknown_here_is_left_out_and_said_so(tmp_path: Path, like: Path) -> None:
    report = draft(profile(departments={"市公安局": 8}), tmp_path / "x", name="海州市", like=like)
    assert [duty.id for duty in load(tmp_path / "x").duties] == ["Z2"]
    assert "1 duties of the example had no lead here" in [text.en for text in report.to_do]


def test_names_that_are_equal_after_trimming_are_one(tmp_path: Path, like: Path) -> None:
    odd = profile(
        categories={("住房 ", "收费"): 3, (" 住房", "收费\u200b"): 4, ("住房", "收费", ""): 1, ("", "孤儿"): 5},
        departments={" 住建局": 1, "住建局\t": 2, "": 7, "——": 1},
        given_to={("住房", " 收费"): {" 住建局": 3}, ("住房", "收费"): {"住建局\t": 4}},
        regions=(("东区 ",), ("东区", " "), ("\ufeff东区", "河街道")),
    )
    city = drafted(odd, tmp_path, like)
    assert [category.name for category in city.taxonomy.categories] == ["住房", "收费"]
    assert [department.name for department in city.departments] == ["住建局"]
    assert [region.name for region in city.regions] == ["东区", "河街道"]
    assert [duty.clause for duty in city.duties] == ["历史办理（7件中7件）"]


def test_five_hundred_categories_sort_as_text(tmp_path: Path, like: Path) -> None:
    many = profile(categories={(f"类{n}", f"项{n % 7}", "其他"): n for n in range(500)})
    city = drafted(many, tmp_path, like)
    ids = [category.id for category in city.taxonomy.categories]
    assert len(ids) == 1500
    assert ids == sorted(ids)
    assert ids[0] == "001"


NASTY = [
    "yes",
    "null",
    "01",
    "1.0",
    "2026-01-01",
    "[丁]",
    "{戊}",
    "'己\"",
    "&庚",
    "*辛",
    "%壬",
    "甲,乙",
    "甲;乙",
    "!甲",
    "@甲",
    "`甲`",
    "|",
    ">",
    "甲\\乙",
    "甲{name}乙",
    "=1+1",
    "district",
    "甲: 乙",
    "甲 #乙",
    "- 丙",
]


def test_names_that_mean_something_to_yaml_or_csv_come_back_unharmed(tmp_path: Path, like: Path) -> None:
    odd = profile(
        categories={(name, name): 6 for name in NASTY},
        departments=dict.fromkeys(NASTY, 6),
        given_to={(name, name): {name: 6} for name in NASTY},
        regions=tuple((f"{name}区", name) for name in NASTY),
    )
    city = drafted(odd, tmp_path, like)
    assert {category.name for category in city.taxonomy.leaves} == set(NASTY)
    assert {department.name for department in city.departments} >= {"yes", "null", "甲: 乙", "甲{name}乙", "district"}
    assert {region.name for region in city.regions} >= {f"{name}区" for name in NASTY}


def test_the_same_export_gives_the_same_bytes(tmp_path: Path, like: Path) -> None:
    turned = profile(
        categories=dict(reversed(list(RICH.categories.items()))),
        departments=dict(reversed(list(RICH.departments.items()))),
        given_to=dict(reversed(list(RICH.department_by_category.items()))),
        regions=tuple(use.names for use in reversed(RICH.regions)),
    )
    one, two = drafted(RICH, tmp_path / "1", like), drafted(turned, tmp_path / "2", like)
    assert one.version == two.version


def test_what_is_there_already_is_never_overwritten(tmp_path: Path, like: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="exists"):
        draft(RICH, tmp_path / "full", name="海州市", like=like)
    (tmp_path / "empty").mkdir()
    draft(RICH, tmp_path / "empty", name="海州市", like=like)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


def test_a_city_needs_a_name(tmp_path: Path, like: Path) -> None:
    with pytest.raises(InvalidInput, match="no_name"):
        draft(RICH, tmp_path / "x", name=" ", like=like)


WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
CHAINS = st.lists(WORDS, max_size=5).map(tuple)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    categories=st.dictionaries(CHAINS, st.integers(1, 50), max_size=6),
    departments=st.dictionaries(WORDS, st.integers(1, 50), max_size=6),
    regions=st.lists(CHAINS, max_size=6).map(tuple),
    days=st.none() | st.tuples(st.dates(), st.integers(0, 900)),
)
def test_whatever_an_export_holds_the_draft_loads(
    tmp_path_factory: pytest.TempPathFactory,
    like: Path,
    categories: dict[Chain, int],
    departments: dict[str, int],
    regions: tuple[Chain, ...],
    days: tuple[date, int] | None,
) -> None:
    span = None
    if days is not None:
        span = (days[0], days[0] + timedelta(min(days[1], (date.max - days[0]).days)))
    given_to = dict.fromkeys(categories, departments)
    out = tmp_path_factory.mktemp("any") / "pack"
    drawn = profile(categories=categories, departments=departments, given_to=given_to, regions=regions, days=span)
    draft(drawn, out, name="海州市", like=like)
    assert load(out).name == "海州市"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff\ufeff")))
def test_a_scalar_reads_back_as_written(text: str) -> None:
    assert yaml.safe_load(f"- {scalar(text)}\n") == [text]


def test_every_known_year_is_written_with_its_holidays() -> None:
    read = yaml.safe_load(calendar_file(min(KNOWN_YEARS), max(KNOWN_YEARS)))
    assert [year["year"] for year in read["years"]] == sorted(KNOWN_YEARS)
    assert all(year["announced"] and year["holidays"] for year in read["years"])
