"""The models of an installation: which there are, in what state, and who changed that, when and why."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Text


class State(StrEnum):
    """Where a model is in its life 模型状态."""

    CANDIDATE = "candidate"
    """Known, not in use."""
    SHADOW = "shadow"
    """Asked beside the live one; its answers are kept and not acted on."""
    LIVE = "live"
    """Its answers are used; at most one a task."""
    RETIRED = "retired"
    """No longer used; may be added again."""


#: In words.
STATES = {
    State.CANDIDATE: Text("候选", "candidate"),
    State.SHADOW: Text("试运行", "shadow"),
    State.LIVE: Text("在用", "live"),
    State.RETIRED: Text("停用", "retired"),
}


class Step(StrEnum):
    """What an entry tells 登记事项."""

    ADDED = "added"
    MOVED = "moved"
    REFUSED = "refused"
    """A change was asked for and not made; the state stays."""


#: Where a model may go from each state; a retired one comes back by being added again.
_ALLOWED: Mapping[State, frozenset[State]] = {
    State.CANDIDATE: frozenset({State.SHADOW, State.LIVE, State.RETIRED}),
    State.SHADOW: frozenset({State.CANDIDATE, State.LIVE, State.RETIRED}),
    State.LIVE: frozenset({State.RETIRED}),
    State.RETIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Who changes something, when and why 变更说明.

    Attributes:
        at: wall-clock time as that person states it; nothing here reads a clock.
        by: the person.
        why: the reason.
    """

    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the registry 登记条目.

    Attributes:
        number: from 1, without gaps.
        at, by, why: see `Deed`; `at` as ISO 8601 to the second.
        task, version: of the model.
        step: what happened.
        state: the model's state from now on; for what was refused, the state that was asked for.
        folder: where the model is.
        files: fingerprints of its files.
        displaced: version of the live model that this one replaces and that is retired by it; empty without.
        evidence: what the change rests on, such as a paired test.
        before: fingerprint of the line before; empty on the first.
    """

    number: int
    at: str
    by: str
    why: str
    task: str
    version: str
    step: Step
    state: State
    folder: str
    files: Mapping[str, str]
    displaced: str
    evidence: Mapping[str, Any]
    before: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A model as it stands 已登记模型.

    Attributes:
        task, version: what tells it from others.
        folder, files: where it is, and fingerprints of its files when it was added.
        state: its state, since `since`.
    """

    task: str
    version: str
    folder: Path
    files: Mapping[str, str]
    state: State
    since: str


class Registry:
    """The models of a lake: one file of lines that is only ever added to.

    A line counts once its end is on the disk: a process killed while it writes leaves either the old state or the
    new one, and the next change takes away what it left half-written. Each line carries the fingerprint of the one
    before, so that a line edited or taken out later is noticed.

    Attributes:
        path: of the file; it need not exist.
    """

    def __init__(self, lake: Path) -> None:
        self.path = lake / "models" / "registry.jsonl"

    def entries(self) -> tuple[Entry, ...]:
        """Return every line, the oldest first.

        Raises:
            InvalidInput: a line was edited, taken out or damaged.
        """
        return tuple(entry for entry, _ in self._read()[0])

    def models(self, task: str | None = None) -> tuple[Registered, ...]:
        """Return the models as they stand, of one task or all, in the order in which they were first added."""
        return tuple(model for model in _folded(self.entries()).values() if task in {None, model.task})

    def live(self, task: str) -> Registered | None:
        """Return the live model of a task; None without one."""
        return next((model for model in self.models(task) if model.state is State.LIVE), None)

    def get(self, task: str, version: str) -> Registered:
        """Return a model.

        Raises:
            NotFound: it was never added.
        """
        return _known(_folded(self.entries()), task, version)

    def check(self, task: str, version: str, to: State, deed: Deed) -> Registered:
        """Refuse what `move` would refuse, before long work is done for it; return the model.

        Raises:
            NotFound, Conflict, InvalidInput: as `move`.
        """
        entries = self.entries()
        model = _known(_folded(entries), task, version)
        if to not in _ALLOWED[model.state]:
            raise _not_allowed(model, to)
        _check(deed, _written(deed.at), entries[-1] if entries else None)
        return model

    def add(self, task: str, version: str, folder: Path, files: Mapping[str, str], deed: Deed) -> Entry:
        """Add a model, new or retired, as a candidate.

        Raises:
            Conflict: it is there already.
            InvalidInput: nobody or no reason is named, or the time is before that of the last change.
        """
        with self._locked():
            found = _folded(self.entries()).get((task, version))
            if found is not None and found.state is not State.RETIRED:
                raise Conflict(
                    "registry.known",
                    Text("模型{version}已登记（{state}）", "the model {version} is registered ({state})").fill(
                        version=version, state=STATES[found.state]
                    ),
                    Text("无需重复登记；用 suqiu model promote 变更状态", "change its state with suqiu model promote"),
                )
            return self._append(
                deed, task=task, version=version, step=Step.ADDED, state=State.CANDIDATE, folder=str(folder),
                files=dict(files), displaced="", evidence={},
            )  # fmt: skip

    def move(
        self, task: str, version: str, to: State, deed: Deed, *, evidence: Mapping[str, Any], live: str | None
    ) -> Entry:
        """Change a model's state; going live retires the one that was live, in the same line.

        Args:
            task, version: of the model.
            to: its new state.
            deed: who, when and why.
            evidence: what the change rests on, as JSON can hold it.
            live: version of the live model when this was decided, None without one.

        Raises:
            NotFound: it was never added.
            Conflict: its state does not allow this, or another model has gone live meanwhile.
            InvalidInput: nobody or no reason is named, or the time is before that of the last change.
        """
        with self._locked():
            models = _folded(self.entries())
            model = _known(models, task, version)
            if to not in _ALLOWED[model.state]:
                raise _not_allowed(model, to)
            at_work = next((m for m in models.values() if m.task == task and m.state is State.LIVE), None)
            now = None if at_work is None else at_work.version
            if to is State.LIVE and now != live:
                raise Conflict(
                    "registry.live_changed",
                    Text("在用模型已变为{version}", "the live model is {version} by now").fill(version=now or "—"),
                    Text("请与它重新比较", "compare with that one"),
                )
            displaced = now or "" if to is State.LIVE else ""
            return self._append(
                deed, task=task, version=version, step=Step.MOVED, state=to, folder=str(model.folder),
                files=dict(model.files), displaced=displaced, evidence=dict(evidence),
            )  # fmt: skip

    def refuse(self, task: str, version: str, to: State, deed: Deed, *, evidence: Mapping[str, Any]) -> Entry:
        """Note that a change was asked for and not made: who tries often enough is right by chance in the end.

        Raises:
            NotFound: the model was never added.
            InvalidInput: nobody or no reason is named, or the time is before that of the last change.
        """
        with self._locked():
            model = _known(_folded(self.entries()), task, version)
            return self._append(
                deed, task=task, version=version, step=Step.REFUSED, state=to, folder=str(model.folder),
                files=dict(model.files), displaced="", evidence=dict(evidence),
            )  # fmt: skip

    def _append(self, deed: Deed, **values: Any) -> Entry:
        lines, whole = self._read()
        last = lines[-1] if lines else None
        at = _written(deed.at)
        _check(deed, at, last[0] if last else None)
        entry = Entry(
            number=len(lines) + 1,
            at=at,
            by=deed.by.strip(),
            why=deed.why.strip(),
            before=_mark(last[1]) if last else "",
            **values,
        )
        text = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(handle, whole)  # what a killed process left half-written
            os.lseek(handle, whole, os.SEEK_SET)
            rest = text.encode()
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync(self.path.parent)
        return entry

    def _read(self) -> tuple[list[tuple[Entry, bytes]], int]:
        """Return the lines, each with its bytes, and how many bytes of the file they are."""
        try:
            held = self.path.read_bytes()
        except FileNotFoundError:
            return [], 0
        whole = held.rfind(b"\n") + 1
        found: list[tuple[Entry, bytes]] = []
        before = ""
        for number, line in enumerate(held[:whole].splitlines(keepends=True), 1):
            entry = _entry(line)
            if entry is None or entry.number != number or entry.before != before:
                raise InvalidInput(
                    "registry.damaged",
                    Text("模型登记簿{path}第{number}行已损坏或被改动", "{path}, line {number}: damaged or edited").fill(
                        path=self.path, number=number
                    ),
                    Text("请从备份恢复；登记簿不可手工修改", "restore it from a copy; it is not to be edited"),
                )
            found.append((entry, line))
            before = _mark(line)
        return found, whole

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time change the registry; the lock goes with the process that holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with (self.path.parent / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _folded(entries: tuple[Entry, ...]) -> dict[tuple[str, str], Registered]:
    models: dict[tuple[str, str], Registered] = {}
    for entry in entries:
        if entry.step is Step.REFUSED:
            continue
        if entry.displaced:
            old = models[entry.task, entry.displaced]
            models[entry.task, entry.displaced] = Registered(
                old.task, old.version, old.folder, old.files, State.RETIRED, entry.at
            )
        models[entry.task, entry.version] = Registered(
            entry.task, entry.version, Path(entry.folder), entry.files, entry.state, entry.at
        )
    return models


def _known(models: Mapping[tuple[str, str], Registered], task: str, version: str) -> Registered:
    found = models.get((task, version))
    if found is None:
        there = "、".join(model.version for model in models.values() if model.task == task)
        raise NotFound(
            "registry.no_model",
            Text("任务“{task}”没有登记模型{version}", 'no model {version} is registered for "{task}"').fill(
                task=task, version=version
            ),
            Text("已登记：{there}", "registered: {there}").fill(there=there or "—"),
        )
    return found


def _entry(line: bytes) -> Entry | None:
    try:
        said = json.loads(line)
        return Entry(**{**said, "step": Step(said["step"]), "state": State(said["state"])})
    except (ValueError, TypeError, KeyError):
        return None


def _check(deed: Deed, at: str, last: Entry | None) -> None:
    if not deed.by.strip() or not deed.why.strip():
        raise InvalidInput(
            "registry.unsigned",
            Text("变更须写明经办人和理由", "a change needs a person and a reason"),
            Text("请用 --by 和 --why 填写", "give them with --by and --why"),
        )
    if last is not None and at < last.at:
        raise InvalidInput(
            "registry.time_goes_back",
            Text("变更时间{at}早于上一条登记的{last}", "the time {at} is before that of the last change, {last}").fill(
                at=at, last=last.at
            ),
            Text("请核对 --at", "check --at"),
        )


def _not_allowed(model: Registered, to: State) -> Conflict:
    allowed = sorted(_ALLOWED[model.state])
    hint = Text("可变更为：{names}", "it may become: {names}").fill(
        names=Text("、".join(STATES[state].zh for state in allowed), ", ".join(STATES[state].en for state in allowed))
    )
    return Conflict(
        "registry.not_allowed",
        Text("{state}状态的模型{version}不能变更为{to}", "{version} is {state} and cannot become {to}").fill(
            state=STATES[model.state], version=model.version, to=STATES[to]
        ),
        hint if allowed else Text("请先用 suqiu model add 重新登记", "add it again with suqiu model add first"),
    )


def _written(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _mark(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:16]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
