"""The simulated city's export is read without loss: planted faults and planted personal data are all found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from suqiu import citypack, intake, simulate
from suqiu.domain.city import City
from suqiu.intake.pipeline import Intake

PACK = Path(__file__).parents[2] / "cities" / "linjiang"


@pytest.fixture(scope="module")
def city() -> City:
    return citypack.load(PACK)


@pytest.fixture(scope="module")
def export(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "export"
    simulate.write(
        city,
        PACK / "simulation",
        orders=4000,
        months=2,
        seed=11,
        out=out,
        formats="csv",
        progress=lambda done, total: None,
    )
    return out


@pytest.fixture(scope="module")
def taken(city: City, export: Path, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    source = intake.open_source(str(export))
    return intake.read(source, intake.load(PACK / "mapping.yaml"), city, scratch=tmp_path_factory.mktemp("scratch"))


def test_the_shipped_mapping_is_what_is_guessed_for_the_simulated_export(city: City, export: Path) -> None:
    assert intake.guess(intake.open_source(str(export)), city) == intake.load(PACK / "mapping.yaml")


def test_exactly_the_planted_bad_rows_are_objected_to(export: Path, taken: Intake) -> None:
    planted = {
        (row["file"], row["row"], row["code"])
        for row in pq.read_table(export / "truth" / "bad_rows.parquet").to_pylist()
    }
    found = {(row["file"], row["row"], row["code"]) for batch in taken.faults() for row in batch.to_pylist()}
    assert len(planted) >= 15
    assert found == planted


def planted_and_found(export: Path) -> Iterator[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """Walk the texts of all orders: where personal data was planted, and where it is found."""
    planted: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in pq.read_table(export / "truth" / "personal_data.parquet").to_pylist():
        planted[row["order_id"], row["column"]].append((row["start"], row["start"] + len(row["string"])))
    seen: set[str] = set()
    (table,) = (table for table in intake.open_source(str(export)).tables if table.name == "orders")
    for portion in table.portions():
        for row in portion.batch.to_pylist():
            if row["工单编号"] in seen or not row["工单编号"]:
                continue  # a planted bad row; truth knows the good one
            seen.add(row["工单编号"])
            for column in ("工单标题", "诉求内容", "事发地址", "答复内容"):
                spans = [(span.start, span.end) for span in intake.find(row[column])]
                yield planted[row["工单编号"], column], spans


def overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Say whether a span shares a character with any of the others."""
    return any(span[0] < end and start < span[1] for start, end in others)


def test_planted_personal_data_is_found_and_little_else(export: Path) -> None:
    pairs = list(planted_and_found(export))
    hit = sum(overlaps(span, found) for planted, found in pairs for span in planted)
    right = sum(overlaps(span, planted) for planted, found in pairs for span in found)
    assert hit / sum(len(planted) for planted, _ in pairs) >= 0.99
    assert right / sum(len(found) for _, found in pairs) >= 0.98
    assert sum(len(planted) for planted, _ in pairs) > 500
