"""An export taken in without its texts: the same rows, with nothing in them that a person wrote."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from suqiu import citypack, intake, simulate
from suqiu.domain.fault import FaultCode
from suqiu.domain.tables import ORDERS, STEPS

LINJIANG = Path(__file__).parents[2] / "cities" / "linjiang"
WRITTEN = ("title", "text", "address", "reply")


def rows(batches: object, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(list(batches), schema)  # type: ignore[call-overload]


def test_all_but_the_texts_is_as_with_them(tmp_path: Path) -> None:
    city, export = citypack.load(LINJIANG), tmp_path / "export"
    simulate.write(city, LINJIANG / "simulation", orders=300, months=1, seed=3, out=export, formats="csv")
    mapping, read = intake.load(LINJIANG / "mapping.yaml"), {}
    for texts in (True, False):
        scratch = tmp_path / str(texts)
        scratch.mkdir()
        read[texts] = intake.read(intake.open_source(str(export)), mapping, city, scratch=scratch, texts=texts)
    full, bare = rows(read[True].orders(), ORDERS), rows(read[False].orders(), ORDERS)
    for name in WRITTEN:
        assert not any(bare.column(name).to_pylist())
    known = {row["order_id"]: row for row in bare.drop_columns([*WRITTEN, "caller_id"]).to_pylist()}
    for row in full.drop_columns([*WRITTEN, "caller_id"]).to_pylist():
        assert known[row["order_id"]] == row
    # Orders without any text, or with a damaged one, are kept out of a run, and are no fault here.
    faults = read[True].summary.faults
    textual = sum(
        faults.get((code.value, "reject"), 0) for code in (FaultCode.MISSING_TEXT, FaultCode.DAMAGED_ENCODING)
    )
    assert len(known) - full.num_rows == textual > 0
    assert FaultCode.MISSING_TEXT.value not in {code for code, _ in read[False].summary.faults}
    steps = rows(read[False].steps(), STEPS)
    assert steps.num_rows >= rows(read[True].steps(), STEPS).num_rows
    assert steps.column("actor").null_count == steps.column("reason").null_count == steps.num_rows
