"""The twelve simulated centres: what is planted is there, what is not handed in is not, and nothing gives it away."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from suqiu import citypack, intake
from suqiu.assessment.forms import FORMS, Kind
from suqiu.domain.city import City
from suqiu.domain.errors import InvalidInput
from suqiu.domain.order import NAMES, RULES, StepKind, status_after
from suqiu.simulate.centres import Made, make
from suqiu.simulate.centres.files import sheets
from suqiu.simulate.centres.lots import Lots
from suqiu.simulate.centres.plan import Centre, load, work_of

HOUSE = Path(__file__).parents[2]
STANDARD = HOUSE / "standards" / "hotline-intelligence" / "2026.1"
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def city() -> City:
    return citypack.load(HOUSE / "cities" / "linjiang")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, city: City) -> dict[str, Made]:
    return {one.id: one for one in make(tmp_path_factory.mktemp("centres"), city)}


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def form(folder: Path, name: str) -> Rows:
    """Read a form by its columns' own names."""
    names = {title: column for column, title in sheets()[name].titles.items()}
    return [{names[title]: cell for title, cell in row.items()} for row in rows(folder / "forms" / f"{name}.csv")]


def share(table: Rows, column: str, **among: str) -> float:
    inside = [row for row in table if all(row[name] == value for name, value in among.items())]
    return sum(row[column] == "是" for row in inside) / len(inside)


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def centre(id_: str) -> Centre:
    return next(one for one in load().centres if one.id == id_)


def number(id_: str, name: str) -> float:
    return work_of(load(), centre(id_))[name]


# What is made


def test_there_are_seven_honest_centres_and_five_that_are_not(made: Mapping[str, Made]) -> None:
    assert len(made) == 12
    assert Counter(one.kind for one in made.values()) == {
        "honest": 7, "hider": 1, "inflator": 1, "expired": 1, "gate_open": 1, "bare": 1,
    }  # fmt: skip
    assert Counter(one.level for one in made.values() if one.kind == "honest") == {1: 2, 2: 1, 3: 2, 4: 1, 5: 1}
    assert {one.profile for one in made.values()} == {"province", "city", "county", "contractor"}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path, city: City) -> None:
    stale = tmp_path / "one" / "c12" / "forms" / "staff.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("left behind by centres made before")
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        for one in make(tmp_path / name, city, seed, 0.02):
            assert len(rows(one.folder / "export" / "orders.csv")) == 60
    first, again, other = (files(tmp_path / name) for name in ("one", "two", "three"))
    assert first == again
    assert first.keys() == other.keys()
    assert first["c01/export/orders.csv"] != other["c01/export/orders.csv"]
    assert first["truth/c01.yaml"] == other["truth/c01.yaml"]


@pytest.mark.parametrize(("seed", "scale"), [(-1, 1.0), (1, 0.0), (1, float("nan"))])
def test_a_seed_or_scale_without_sense_is_refused(tmp_path: Path, city: City, seed: int, scale: float) -> None:
    with pytest.raises(InvalidInput):
        make(tmp_path, city, seed, scale)
    assert not list(tmp_path.iterdir())


def test_the_truth_lies_apart(made: Mapping[str, Made]) -> None:
    for one in made.values():
        assert not one.truth.is_relative_to(one.folder)
        said = yaml.safe_load((one.folder / "centre.yaml").read_text("utf-8"))
        assert said.keys() == {"id", "name", "profile", "residents", "city", "period", "evidence", "targets"}
        assert yaml.safe_load(one.truth.read_text("utf-8"))["level"] == one.level


# Fits the forms and the standard


def test_forms_have_the_headers_of_the_forms(made: Mapping[str, Made]) -> None:
    assert {name for name, one in FORMS.items() if not one.made} == sheets().keys() - {"intake"}
    for path in sorted((made["c07"].folder / "forms").glob("*.csv")):
        with path.open(encoding="utf-8-sig") as file:
            assert next(csv.reader(file)) == [column.title.zh for column in FORMS[path.stem].columns]


def test_the_best_centre_hands_in_every_form(made: Mapping[str, Made]) -> None:
    found = {path.stem for path in (made["c07"].folder / "forms").iterdir()}
    assert found == {name for name, one in FORMS.items() if not one.made}


def test_cells_are_such_as_their_columns_take(made: Mapping[str, Made]) -> None:
    for path in sorted((made["c07"].folder / "forms").glob("*.csv")):
        table = form(made["c07"].folder, path.stem)
        for column in FORMS[path.stem].columns:
            cells = [row[column.name] for row in table]
            assert all(cells) or not column.required, (path.stem, column.name)
            if column.kind is Kind.CODE:
                assert set(cells) <= {*column.codes, ""}, (path.stem, column.name)
            if column.kind is Kind.FLAG:
                assert set(cells) <= {"是", "否", ""}, (path.stem, column.name)
        keys = [tuple(row[name] for name in FORMS[path.stem].key) for row in table]
        assert len(set(keys)) == len(keys), path.stem


def test_logs_refer_to_calls_and_orders_that_are_there(made: Mapping[str, Made]) -> None:
    for id_ in ("c04", "c07"):
        folder = made[id_].folder
        calls = {row["通话编号"] for row in rows(folder / "export" / "calls.csv")}
        orders = {row["工单编号"] for row in rows(folder / "export" / "orders.csv")}
        for name in ("suggestions", "inspections"):
            table = form(folder, name)
            assert {row["call_id"] for row in table} <= calls
            assert {row["order_id"] for row in table} <= orders | {""}


def indicators() -> list[dict[str, object]]:
    return [yaml.safe_load(path.read_text("utf-8")) for path in sorted(STANDARD.glob("indicators/*/*.yaml"))]


def test_every_question_has_its_paper_at_the_level_that_asks_it() -> None:
    asked = {str(one["id"]): one["level"] for one in indicators() if "probe" not in one}
    gates = yaml.safe_load((STANDARD / "gates.yaml").read_text("utf-8"))["gates"]
    judged = {one["id"] for one in gates if "probe" not in one}
    found = {id_: one.level for id_, one in load().questions.items()}
    assert {id_: level for id_, level in found.items() if id_ not in judged} == asked
    assert judged <= found.keys()


def test_every_target_that_nobody_published_is_set() -> None:
    open_ = {str(one["id"]) for one in indicators() if isinstance(t := one["target"], dict) and t["origin"] == "user"}
    assert load().targets.values.keys() == open_


def test_the_scenarios_are_those_of_the_standard() -> None:
    listed = yaml.safe_load((STANDARD / "scenarios.yaml").read_text("utf-8"))["scenarios"]
    assert load().scenarios.ids == tuple(one["id"] for one in listed)
    assert load().scenarios.up == {one["id"] for one in listed if one["direction"] == "up"}


# Business data


def test_steps_follow_the_flow_but_for_signatures_that_nobody_noted(made: Mapping[str, Made]) -> None:
    kinds = {name.zh: kind for kind, name in NAMES.items() if isinstance(kind, StepKind)}
    for id_ in ("c01", "c04", "c07"):
        histories: dict[str, list[tuple[StepKind, str]]] = {}
        for row in rows(made[id_].folder / "export" / "steps.csv"):
            histories.setdefault(row["工单编号"], []).append((kinds[row["环节"]], row["时间"]))
        for steps in histories.values():
            assert [at for _, at in steps] == sorted(at for _, at in steps)
            signed = any(kind is StepKind.SIGN for kind, _ in steps)
            for n, (kind, _) in enumerate(steps[1:], 1):
                allowed = RULES[kind].sources
                assert status_after(one for one, _ in steps[:n]) in allowed or (kind is StepKind.REPLY and not signed)


@pytest.mark.parametrize("id_", ["c01", "c02", "c03", "c04", "c06", "c07"])
def test_calls_are_answered_as_planned(made: Mapping[str, Made], id_: str) -> None:
    calls = rows(made[id_].folder / "export" / "calls.csv")
    answered = [row for row in calls if row["接听时间"]]
    assert len(answered) / len(calls) == pytest.approx(number(id_, "answered"), abs=0.001)
    waits = np.array(
        [np.datetime64(row["接听时间"]) - np.datetime64(row["排队时间"]) for row in answered], "timedelta64[s]"
    )
    assert (waits.astype(int) <= 15).mean() == pytest.approx(number(id_, "within_15s"), abs=0.001)


@pytest.mark.parametrize("id_", ["c01", "c03", "c05", "c07"])
def test_orders_are_dispatched_and_visited_as_planned(made: Mapping[str, Made], id_: str) -> None:
    folder = made[id_].folder / "export"
    steps = rows(folder / "steps.csv")
    sent, returned = ({row["工单编号"] for row in steps if row["环节"] == kind} for kind in ("派单", "同意退单"))
    assert 1 - len(returned) / len(sent) == pytest.approx(number(id_, "first_dispatch_right"), abs=0.005)
    visits = rows(folder / "callbacks.csv")
    assert share(visits, "是否属实", 是否接通="是") == pytest.approx(number(id_, "truthful"), abs=0.01)
    assert share(visits, "是否解决", 是否接通="是") == pytest.approx(number(id_, "solved"), abs=0.01)


def test_nothing_in_a_text_is_personal(made: Mapping[str, Made]) -> None:
    for one in made.values():
        orders = rows(one.folder / "export" / "orders.csv")
        assert not {row["来电人"] + row["联系电话"] for row in orders} - {""}
        for row in orders[::50]:
            assert not list(intake.find(row["诉求内容"] + row["答复内容"])), row


# What is hidden, inflated, expired, open


def test_the_hiders_twin_differs_in_what_is_shown_and_nowhere_else(made: Mapping[str, Made]) -> None:
    one = made["c08"]
    assert one.twin is not None
    hidden, shown = files(one.folder), files(one.twin)
    truth = yaml.safe_load(one.truth.read_text("utf-8"))
    assert {name for name in shown if name not in hidden} == {f"forms/{name}.csv" for name in truth["hidden"]}
    assert {name for name, digest in hidden.items() if shown[name] != digest} == {"centre.yaml"}
    assert share(form(one.twin, "eval_answers"), "correct", should_refuse="否") < 0.9
    assert share(form(one.twin, "emergencies"), "handed_over") < 1


def test_the_expired_centres_twin_lacks_just_what_is_past_its_day(made: Mapping[str, Made]) -> None:
    one = made["c10"]
    assert one.twin is not None
    all_, fresh = files(one.folder), files(one.twin)
    expired = yaml.safe_load(one.truth.read_text("utf-8"))["expired"]
    assert {Path(name).stem for name in all_.keys() - fresh.keys()} == expired.keys()
    said = yaml.safe_load((one.folder / "centre.yaml").read_text("utf-8"))["evidence"]
    assert {item["form"]: item["collected"] for item in said if item.get("form") in expired} == expired


def test_the_open_gates_are_one_false_closure_and_cues_kept_back(made: Mapping[str, Made]) -> None:
    one = made["c11"]
    audits = [row["passed"] for row in form(one.folder, "audits") if row["kind"] == "closure"]
    assert audits.count("否") == 1
    assert [row["handed_over"] for row in form(one.folder, "emergencies")].count("否") == 2
    assert one.twin is not None
    leaked = [row["sensitive_fields"] != row["masked_fields"] for row in form(one.twin, "exports")]
    assert any(leaked)
    assert not all(leaked)


def test_the_centre_with_nearly_no_data_hands_in_orders_alone(made: Mapping[str, Made]) -> None:
    assert files(made["c12"].folder).keys() == {"centre.yaml", "export/orders.csv"}


def contradicted(one: Made) -> dict[tuple[str, str], float]:
    """Return for each column that can be checked in how many rows the truth contradicts what is handed in."""
    assert one.rechecks is not None
    wrong: dict[tuple[str, str], list[bool]] = {}
    claimed = {
        (path.stem, row[FORMS[path.stem].key[0]], column): cell
        for path in (one.folder / "forms").glob("*.csv")
        if len(FORMS[path.stem].key) == 1
        for row in form(one.folder, path.stem)
        for column, cell in row.items()
    }
    for row in rows(one.rechecks):
        key = (row["form"], row["key"], row["column"])
        if key in claimed:
            wrong.setdefault((row["form"], row["column"]), []).append(claimed[key] != row["checked"])
    return {key: sum(cells) / len(cells) for key, cells in wrong.items()}


def test_what_the_inflator_claims_is_contradicted_by_the_truth(made: Mapping[str, Made]) -> None:
    found = contradicted(made["c09"])
    for key in (("eval_answers", "correct"), ("knowledge_items", "has_source"), ("suggestions", "adopted")):
        assert found[key] > 0.2
    assert not found["trainings", "passed"]


def test_what_an_honest_centre_claims_is_the_truth(made: Mapping[str, Made]) -> None:
    found = contradicted(made["c04"])
    assert found
    assert not any(found.values())


def test_every_column_that_can_be_checked_has_a_truth(made: Mapping[str, Made]) -> None:
    rechecks = made["c09"].rechecks
    assert rechecks is not None
    handed_in = {path.stem for path in (made["c09"].folder / "forms").iterdir()}
    wanted = {(name, column.name) for name in handed_in for column in FORMS[name].columns if column.check}
    assert {(row["form"], row["column"]) for row in rows(rechecks)} == wanted


# Lots


@given(st.integers(0, 500), st.floats(0, 1), st.integers(0, 99))
def test_flags_hold_their_share_exactly(count: int, wanted: float, seed: int) -> None:
    found = Lots(seed, "c", "form").flags(count, wanted)
    assert found.sum() == int(np.floor(count * wanted + 0.5))


@given(st.integers(1, 300), st.lists(st.floats(0, 1), min_size=2, max_size=2), st.integers(0, 99))
def test_what_is_drawn_next_does_not_depend_on_a_share(count: int, shares: Sequence[float], seed: int) -> None:
    one, two = Lots(seed, "c", "form"), Lots(seed, "c", "form")
    one.flags(count, shares[0])
    two.flags(count, shares[1])
    assert one.wholes(5, 0, 1000).tolist() == two.wholes(5, 0, 1000).tolist()


@given(st.integers(1, 400), st.floats(0, 1), st.integers(0, 99))
def test_flags_among_some_leave_the_others_alone(count: int, wanted: float, seed: int) -> None:
    members = np.arange(count) % 3 == 0
    found = Lots(seed, "c", "form").flags(count, wanted, members)
    assert not found[~members].any()
    assert found.sum() == int(np.floor(members.sum() * wanted + 0.5))
