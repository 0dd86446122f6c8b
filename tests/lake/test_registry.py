from __future__ import annotations

import os
import signal
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.domain.errors import Conflict, InvalidInput, NotFound, SuqiuError
from suqiu.lake.registry import Deed, Registry, State, Step

START = datetime(2026, 7, 1, 9, 30)
VERSIONS = ("a1", "b2", "c3")


def deed(minute: int = 0, by: str = "张工", why: str = "季度更新") -> Deed:
    return Deed(START + timedelta(minutes=minute), by, why)


def states(registry: Registry) -> dict[str, State]:
    return {model.version: model.state for model in registry.models("dispatch")}


def add(registry: Registry, version: str, minute: int = 0) -> None:
    registry.add("dispatch", version, Path("/模型") / version, {"model.json": "00"}, deed(minute))


def move(registry: Registry, version: str, to: State, minute: int = 0, live: str | None = None) -> None:
    registry.move("dispatch", version, to, deed(minute), evidence={"p": 0.4}, live=live)


def test_every_change_is_kept_with_time_person_reason_and_evidence(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    assert registry.entries() == ()
    add(registry, "a1")
    move(registry, "a1", State.LIVE, 5)
    added, moved = Registry(tmp_path).entries()
    assert (added.number, added.step, added.state, added.at) == (1, Step.ADDED, State.CANDIDATE, "2026-07-01 09:30:00")
    assert (moved.by, moved.why, moved.evidence, moved.state) == ("张工", "季度更新", {"p": 0.4}, State.LIVE)
    found = registry.get("dispatch", "a1")
    assert (found.folder, found.files, found.since) == (Path("/模型/a1"), {"model.json": "00"}, "2026-07-01 09:35:00")


def test_going_live_retires_the_model_that_was_live_and_no_other_task_is_touched(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.add("topic", "t1", tmp_path, {}, deed())
    registry.move("topic", "t1", State.LIVE, deed(), evidence={}, live=None)
    for version in VERSIONS[:2]:
        add(registry, version)
    move(registry, "a1", State.LIVE)
    move(registry, "b2", State.LIVE, live="a1")
    assert states(registry) == {"a1": State.RETIRED, "b2": State.LIVE}
    assert registry.entries()[-1].displaced == "a1"
    live = registry.live("topic")
    assert live is not None
    assert live.version == "t1"


def test_a_model_does_not_go_live_over_one_it_was_not_compared_with(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    for version in VERSIONS:
        add(registry, version)
    move(registry, "a1", State.LIVE)
    move(registry, "b2", State.LIVE, live="a1")
    with pytest.raises(Conflict, match=r"registry\.live_changed"):
        move(registry, "c3", State.LIVE, live="a1")
    assert states(registry)["b2"] is State.LIVE


def test_what_is_refused_is_kept_and_changes_no_state(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    add(registry, "a1")
    registry.refuse("dispatch", "a1", State.LIVE, deed(), evidence={"accuracy": 0.7})
    assert states(registry) == {"a1": State.CANDIDATE}
    assert registry.entries()[-1].step is Step.REFUSED


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (deed(by=" "), "registry.unsigned"),
        (deed(why=""), "registry.unsigned"),
        (deed(-1), "registry.time_goes_back"),
    ],
)
def test_nobody_changes_a_state_unnamed_without_reason_or_before_the_last_change(
    tmp_path: Path, wrong: Deed, code: str
) -> None:
    registry = Registry(tmp_path)
    add(registry, "a1")
    with pytest.raises(InvalidInput, match=code):
        registry.move("dispatch", "a1", State.SHADOW, wrong, evidence={}, live=None)
    assert states(registry) == {"a1": State.CANDIDATE}


def test_a_model_that_nobody_added_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"registry\.no_model"):
        move(Registry(tmp_path), "a1", State.LIVE)


def test_whether_a_change_is_allowed_can_be_asked_before_it_is_made(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    add(registry, "a1")
    registry.check("dispatch", "a1", State.LIVE, deed())
    for to, wrong, code in ((State.CANDIDATE, deed(), "not_allowed"), (State.LIVE, deed(-1), "time_goes_back")):
        with pytest.raises(SuqiuError, match=code):
            registry.check("dispatch", "a1", to, wrong)
    assert len(registry.entries()) == 1


@given(st.lists(st.tuples(st.sampled_from(VERSIONS), st.sampled_from(["add", *State])), max_size=14))
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_one_model_at_most_is_live_and_the_file_tells_the_same_again(
    asked: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(Path(folder))
        for minute, (version, what) in enumerate(asked):
            before, held = states(registry), registry.path.read_bytes() if registry.path.exists() else b""
            live = next((name for name, state in before.items() if state is State.LIVE), None)
            try:
                if what == "add":
                    add(registry, version, minute)
                else:
                    move(registry, version, State(what), minute, live)
            except SuqiuError:
                assert states(registry) == before
                assert not held or registry.path.read_bytes() == held
                continue
            after = states(registry)
            assert registry.path.read_bytes().startswith(held)
            assert Counter(after.values())[State.LIVE] <= 1
            assert after[version] is (State.CANDIDATE if what == "add" else State(what))
            assert before.get(version) in ({None, State.RETIRED} if what == "add" else set(State) - {State.RETIRED})
            others = {name: state for name, state in after.items() if name != version}
            moved = {name for name, state in others.items() if before[name] is not state}
            assert moved == ({live} if what == State.LIVE and live else set())
        assert [entry.number for entry in registry.entries()] == list(range(1, len(registry.entries()) + 1))


def test_a_line_cut_at_any_byte_leaves_the_state_before_it_and_the_next_change_mends_the_file(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    add(registry, "a1")
    first = registry.path.read_bytes()
    move(registry, "a1", State.LIVE)
    whole = registry.path.read_bytes()
    for length in range(len(first), len(whole)):
        registry.path.write_bytes(whole[:length])
        assert states(registry) == {"a1": State.CANDIDATE}
        if length % 40 == 0 or length == len(whole) - 1:
            move(registry, "a1", State.LIVE)
            assert registry.path.read_bytes() == whole


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child only writes until it is killed
def test_a_process_killed_at_any_moment_leaves_whole_lines(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    add(registry, "a1")
    for patience in (0.0, 0.002, 0.005, 0.01, 0.02):
        child = os.fork()
        if child == 0:
            while True:
                registry.refuse("dispatch", "a1", State.LIVE, deed(), evidence={"长": "字" * 4_000})
        signal.sigtimedwait([], patience)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        before = len(registry.entries())
        registry.refuse("dispatch", "a1", State.LIVE, deed(), evidence={})
        assert len(registry.entries()) == before + 1
        assert registry.path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("number", [0, 1])
def test_a_line_edited_or_taken_out_is_noticed(tmp_path: Path, number: int) -> None:
    registry = Registry(tmp_path)
    for version in VERSIONS:
        add(registry, version)
    lines = registry.path.read_bytes().splitlines(keepends=True)
    edited = [*lines]
    edited[number] = edited[number].replace("张工".encode(), "李工".encode())
    for held in (edited, [line for place, line in enumerate(lines) if place != number], [b"\n", *lines]):
        registry.path.write_bytes(b"".join(held))
        with pytest.raises(InvalidInput, match=r"registry\.damaged"):
            registry.models()
