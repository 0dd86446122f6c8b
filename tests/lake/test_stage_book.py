from __future__ import annotations

from pathlib import Path

from suqiu.lake import StageBook


def test_a_stage_is_done_only_for_its_key_and_only_while_its_files_are_as_it_left_them(tmp_path: Path) -> None:
    book, made = StageBook(tmp_path), tmp_path / "events.parquet"
    assert book.recorded("sense", "k1") is None
    made.write_text("one")
    book.record("sense", "k1", {"events": 1}, [made])
    assert book.recorded("sense", "k1") == {"events": 1}
    assert book.recorded("sense", "k2") is None
    made.write_text("two")
    assert book.recorded("sense", "k1") is None
    made.unlink()
    assert book.recorded("sense", "k1") is None
    assert book.figures("sense") == {"events": 1}


def test_a_torn_record_counts_as_not_done(tmp_path: Path) -> None:
    book = StageBook(tmp_path)
    book.record("sense", "k1", {}, [])
    (note,) = (tmp_path / "lake" / ".stages").iterdir()
    for torn in ("", "{", "[]", "{}"):
        note.write_text(torn)
        assert book.recorded("sense", "k1") is None
        assert book.figures("sense") == {}
