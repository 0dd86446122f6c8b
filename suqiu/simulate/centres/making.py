"""Makes the centres' folders, and apart from them the truth behind them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suqiu.domain.city import City, RegionLevel
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.simulate import words
from suqiu.simulate.centres import knowledge, operation, papers, safeguards, service, testsets
from suqiu.simulate.centres.calls import calls_of
from suqiu.simulate.centres.files import cell, sheets, write_centre, write_csv, write_export, write_form, write_yaml
from suqiu.simulate.centres.lots import Lots
from suqiu.simulate.centres.orders import Orders
from suqiu.simulate.centres.plan import Centre, Plan, Work, load, work_of
from suqiu.simulate.centres.rows import Generators, Row, Setting

_GENERATORS: Generators = {
    **service.GENERATORS, **knowledge.GENERATORS, **testsets.GENERATORS, **operation.GENERATORS,
    **safeguards.GENERATORS, **papers.GENERATORS,
}  # fmt: skip
_PHONE = "电话"
#: Places that texts name.
_PLACES = 60


@dataclass(frozen=True, slots=True)
class Made:
    """A centre that was made 模拟中心.

    Attributes:
        id: of the centre.
        kind: honest, hider, inflator, expired, gate_open or bare.
        profile: of the standard.
        level: at which it must come out.
        claimed: at which it comes out by its own word, without re-check or gates.
        folder: what it hands in.
        truth: file with what is planted.
        rechecks: file with the true cells by form, key and column; None where nobody needs them.
        twin: the same centre with something else handed in or done; None for most.
        twin_level: at which the twin must come out.
    """

    id: str
    kind: str
    profile: str
    level: int
    claimed: int
    folder: Path
    truth: Path
    rechecks: Path | None
    twin: Path | None
    twin_level: int | None


def make(
    out: Path, city: City, seed: int = 12, scale: float = 1.0, *, only: frozenset[str] = frozenset()
) -> list[Made]:
    """Write the twelve centres below a folder.

    `out/<id>/` is what a centre hands in, `out/<twin>/<id>/` its twin, `out/truth/<id>.yaml` what is planted, and
    `out/truth/<id>/rechecks.csv` the true cells that an assessor would find. The same arguments give the same bytes.

    Args:
        out: folder, made if need be; centres of the same ids in it are replaced.
        city: the pack whose categories, departments and limits orders have; any with districts and communities.
        seed: another seed places what is wrong elsewhere, and plants the same levels.
        scale: times 3,000 orders and 3,200 calls a centre; the planted levels hold from 1 up.
        only: ids of the centres to write; empty is all of them. A centre is the same whichever others are written.

    Raises:
        InvalidInput: seed or scale make no sense.
    """
    if seed < 0 or not 0.01 <= scale <= 1000:
        raise InvalidInput(
            "simulate.out_of_range",
            Text("种子须不小于0，规模须在0.01至1000之间", "the seed must not be negative, the scale 0.01 to 1000"),
            Text("请调整参数", "change the arguments"),
        )
    plan = load()
    return [_made(out, city, plan, centre, seed, scale) for centre in plan.centres if not only or centre.id in only]


def _made(out: Path, city: City, plan: Plan, centre: Centre, seed: int, scale: float) -> Made:
    maker = _Maker(city, plan, centre, seed, scale)
    truth = out / "truth" / f"{centre.id}.yaml"
    twin, twin_folder = centre.twinned(), None
    maker.write(out / centre.id, centre)
    if twin is not None and centre.twin is not None:
        twin_folder = out / centre.twin.id / centre.id
        maker.write(twin_folder, twin)
    rechecks = None
    if centre.rechecks:
        rechecks = out / "truth" / centre.id / "rechecks.csv"
        maker.write_rechecks(rechecks)
    write_yaml(truth, _planted(plan, centre))
    return Made(
        centre.id, centre.kind, centre.profile, centre.level, centre.claimed or centre.level, out / centre.id, truth,
        rechecks, twin_folder, None if centre.twin is None else centre.twin.level,
    )  # fmt: skip


def _planted(plan: Plan, centre: Centre) -> dict[str, object]:
    """Say what is planted in a centre."""
    twin, claimed = centre.twin, work_of(plan, centre).numbers
    return {
        "id": centre.id,
        "kind": centre.kind,
        "level": centre.level,
        "claimed": centre.claimed or centre.level,
        "works_at": centre.work,
        "open_gates": list(centre.gates),
        "hidden": list(centre.hides),
        "expired": dict(sorted(centre.stale.items())),
        "inflated": {name: {"claimed": claimed[name], "true": true} for name, true in centre.truly.items()},
        "twin": None if twin is None else {"folder": f"{twin.id}/{centre.id}", "level": twin.level},
        "work": {name: number for name, number in claimed.items() if number is not None},
    }


class _Maker:
    """Makes the tables of one centre and its twin, whose orders and calls are the same."""

    def __init__(self, city: City, plan: Plan, centre: Centre, seed: int, scale: float) -> None:
        self._city, self._plan, self._centre, self._seed = city, plan, centre, seed
        self._matters = [leaf.name for leaf in city.taxonomy.leaves]
        self._units = [one.name for one in city.departments]
        self._places = [one.name for one in city.regions if one.level is RegionLevel.COMMUNITY][:_PLACES]
        work = work_of(plan, centre)
        number = centre.id.upper()
        orders = Orders(city, words.load(), plan, work, self._lots("orders"), f"GD{number}")
        self._orders = orders.export(max(round(work.sizes["orders"] * scale), 1))
        phoned = [(str(row[0]), int(str(row[8]))) for row in self._orders.orders if row[1] == _PHONE]
        count = max(round(work.sizes["calls"] * scale), 1)
        self._call_rows, self._calls = calls_of(plan, work, self._lots("calls"), count, f"T{number}", phoned)

    def write(self, folder: Path, centre: Centre) -> None:
        """Write all that a centre, or its twin, hands in."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tables = {
            "orders": self._orders.orders, "steps": self._orders.steps, "calls": self._call_rows,
            "callbacks": self._orders.call_backs,
        }  # fmt: skip
        for name, rows in tables.items():
            if centre.only is None or name in centre.only:
                write_export(folder / "export", name, rows)
        work = work_of(self._plan, centre)
        forms = {name: write_form(folder / "forms", name, rows) for name, rows in self._forms(centre, work)}
        write_centre(folder, self._plan, centre, self._city.id, forms)

    def write_rechecks(self, path: Path) -> None:
        """Write the true cells of every form that an assessor may check by sample."""
        true = work_of(self._plan, self._centre).truly(self._centre.truly)
        lines = [["form", "key", "column", "checked"]]
        for name, rows in self._forms(self._centre, true):
            sheet = sheets()[name]
            lines += [
                [name, cell(row[sheet.key]), column, cell(row.get(column))] for row in rows for column in sheet.checked
            ]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(path, lines)

    def _forms(self, centre: Centre, work: Work) -> Iterator[tuple[str, list[Row]]]:
        """Make each form that is handed in."""
        for name, generate in _GENERATORS.items():
            wanted = centre.only is None or name in centre.only
            if wanted and work.sizes[name] and name not in centre.hides:
                setting = Setting(
                    self._plan, work, work.sizes[name], self._lots(name), centre.residents, self._calls, self._units,
                    self._places, self._matters,
                )  # fmt: skip
                yield name, generate(setting)

    def _lots(self, what: str) -> Lots:
        return Lots(self._seed, self._centre.id, what)
