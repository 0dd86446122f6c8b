"""A tagger learns parts of texts, is the same twice, and says how sure it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.reading.sequence import SequenceTagger, Spans, StateLayer
from suqiu.reading.sequence.chain import Chain, Scores
from suqiu.reading.sequence.storage import load, save
from tests.reading.sequence.addresses import tagged

TEXTS, TAGS = tagged(400)
FRESH, FRESH_TAGS = tagged(200, seed=8)


@pytest.fixture(scope="module")
def tagger() -> SequenceTagger:
    return SequenceTagger.learn(pa.array(TEXTS), TAGS)


def stated(texts: list[str], tags: list[list[str]]) -> set[tuple[int, int, int, str]]:
    found = set()
    for row, (text, row_tags) in enumerate(zip(texts, tags, strict=True)):
        begins = [at for at, tag in enumerate(row_tags) if tag.startswith("B-")]
        for at in begins:
            end = at + 1
            while end < len(text) and row_tags[end] == "I-" + row_tags[at][2:]:
                end += 1
            found.add((row, at, end - at, row_tags[at][2:]))
    return found


def found_in(spans: Spans) -> set[tuple[int, int, int, str]]:
    columns = spans.table().to_pydict()
    return set(zip(columns["row"], columns["start"], columns["length"], columns["type"], strict=True))


class Letters:
    """An encoder that knows of each character only whether it is a digit."""

    fingerprint = "letters"

    def __call__(self, texts: pa.Array) -> Scores:
        joined = "".join(texts.to_pylist())
        return np.array([[character.isdigit(), not character.isdigit()] for character in joined], np.float32)


def layer_for(tagger: SequenceTagger, fingerprint: str = "letters", names: tuple[str, ...] | None = None) -> StateLayer:
    width = 2 * len(tagger.names) + 1
    weights = np.zeros((2, width), dtype=np.float32)
    chain = Chain(np.zeros(width, np.float32), np.zeros((width, width), np.float32))
    return StateLayer(names or tagger.names, weights, np.zeros(width, np.float32), chain, fingerprint)


def test_it_names_the_parts_of_addresses_that_it_has_not_seen(tagger: SequenceTagger) -> None:
    wanted, found = stated(FRESH, FRESH_TAGS), found_in(tagger.tag(pa.array(FRESH)))
    assert len(wanted & found) / len(wanted | found) > 0.95


def test_the_spans_of_a_text_do_not_depend_on_its_neighbours(tagger: SequenceTagger) -> None:
    together = tagger.tag(pa.array(["", *FRESH[:30], None]))
    for row, text in enumerate(FRESH[:30], start=1):
        alone = tagger.tag(pa.array([text]))
        here = together.rows == row
        assert together.starts[here].tolist() == alone.starts.tolist()
        assert together.confidences[here] == pytest.approx(alone.confidences, abs=1e-4)
    assert {0, 31}.isdisjoint(together.rows.tolist())


def test_no_texts_have_no_spans(tagger: SequenceTagger) -> None:
    for texts in ([], [None], [""]):
        spans = tagger.tag(pa.array(texts, pa.string()))
        assert spans.table().num_rows == 0


def test_spans_follow_each_other_without_overlap_and_stay_inside_their_text(tagger: SequenceTagger) -> None:
    texts = [*FRESH, "临江市临江市临江市", "1234567890" * 30, "🔥号a\n路", "路" * 2_500]
    spans = tagger.tag(pa.array(texts))
    ends = spans.starts + spans.lengths
    same = spans.rows[1:] == spans.rows[:-1]
    assert (np.diff(spans.rows) >= 0).all()
    assert (spans.starts[1:][same] >= ends[:-1][same]).all()
    assert (spans.lengths > 0).all()
    assert all(end <= len(texts[row]) for row, end in zip(spans.rows, ends, strict=True))
    assert ((spans.confidences >= 0) & (spans.confidences <= 1)).all()


def test_learning_twice_and_reading_back_give_the_same_bytes(tagger: SequenceTagger, tmp_path: Path) -> None:
    again = SequenceTagger.learn(pa.array(TEXTS), TAGS)
    save(tagger, tmp_path / "first")
    save(again, tmp_path / "second")
    save(load(tmp_path / "first"), tmp_path / "third")
    for name in ("tagger.npz", "tagger.json"):
        bytes_ = {(tmp_path / folder / name).read_bytes() for folder in ("first", "second", "third")}
        assert len(bytes_) == 1
    assert found_in(load(tmp_path / "first").tag(pa.array(FRESH))) == found_in(tagger.tag(pa.array(FRESH)))


def test_a_layer_is_kept_and_read_back(tagger: SequenceTagger, tmp_path: Path) -> None:
    both = tagger.beside(layer_for(tagger), marks_share=0.75)
    save(both, tmp_path)
    kept = load(tmp_path)
    assert kept.marks_share == 0.75
    assert len(kept.layers) == 1
    assert found_in(kept.tag(pa.array(FRESH), Letters())) == found_in(both.tag(pa.array(FRESH), Letters()))


def test_a_layer_that_knows_nothing_finds_nothing_new_and_lowers_confidence(tagger: SequenceTagger) -> None:
    both = tagger.beside(layer_for(tagger), marks_share=0.75)
    alone, joined = tagger.tag(pa.array(FRESH)), both.tag(pa.array(FRESH), Letters())
    assert found_in(joined) <= found_in(alone)
    assert joined.confidences.mean() < alone.confidences.mean()


def test_several_encoders_are_read_side_by_side_in_any_order(tagger: SequenceTagger, tmp_path: Path) -> None:
    class Others(Letters):
        fingerprint = "others"

    width = 2 * len(tagger.names) + 1
    liked = replace(layer_for(tagger, "others"), offsets=np.eye(width, dtype=np.float32)[1] * 40)
    both = tagger.beside(layer_for(tagger), liked, marks_share=0.5)
    save(both, tmp_path)
    kept = load(tmp_path)
    texts = pa.array(FRESH[:40])
    one, other = both.tag(texts, Letters(), Others()), kept.tag(texts, Others(), Letters())
    assert one.table() == other.table()
    assert set(one.table()["type"].to_pylist()) == {tagger.names[0]}
    alone = tagger.beside(layer_for(tagger), marks_share=0.5)
    assert both.tag(texts, Letters()).table() == alone.tag(texts, Letters()).table()


def test_an_encoder_that_is_too_sure_is_believed_less_once_calibrated(tagger: SequenceTagger, tmp_path: Path) -> None:
    width = 2 * len(tagger.names) + 1
    wild = np.random.default_rng(4).normal(size=(2, width)).astype(np.float32) * 8
    both = tagger.beside(replace(layer_for(tagger), weights=wild), marks_share=0.6)
    texts = pa.array(FRESH[100:])
    calibrated = both.calibrated(pa.array(FRESH[:100]), FRESH_TAGS[:100], Letters())
    save(calibrated, tmp_path)
    assert load(tmp_path).sharpness == calibrated.sharpness < 1
    wanted = stated(FRESH[100:], FRESH_TAGS[100:])
    gaps = []
    for one in (both, calibrated):
        spans = one.tag(texts, Letters())
        gaps.append(abs(spans.confidences.mean() - len(found_in(spans) & wanted) / len(found_in(spans))))
    assert gaps[1] < gaps[0]


def test_asking_for_surer_spans_states_fewer(tagger: SequenceTagger, tmp_path: Path) -> None:
    sure = replace(tagger, least=0.95)
    save(sure, tmp_path)
    few, all_ = load(tmp_path).tag(pa.array(FRESH)), tagger.tag(pa.array(FRESH))
    assert found_in(few) < found_in(all_)
    assert (few.confidences > 0.95).all()


def test_without_its_encoder_a_tagger_reads_marks_alone(tagger: SequenceTagger) -> None:
    both = tagger.beside(layer_for(tagger))
    assert found_in(both.tag(pa.array(FRESH))) == found_in(tagger.tag(pa.array(FRESH)))


def test_another_encoder_or_other_types_are_refused(tagger: SequenceTagger) -> None:
    with pytest.raises(Conflict, match=r"reading\.other_encoder"):
        tagger.beside(layer_for(tagger, "another")).tag(pa.array(["临江市"]), Letters())
    with pytest.raises(Conflict, match=r"reading\.other_types"):
        tagger.beside(layer_for(tagger, names=("x",) * len(tagger.names)))
    with pytest.raises(Conflict, match=r"reading\.encoder_twice"):
        tagger.beside(layer_for(tagger), layer_for(tagger))


def test_a_folder_without_a_tagger_or_of_another_format_is_told(tagger: SequenceTagger, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"reading\.no_tagger"):
        load(tmp_path)
    save(tagger, tmp_path)
    statement = tmp_path / "tagger.json"
    statement.write_text(statement.read_text("utf-8").replace('"format": 2', '"format": 0'), "utf-8")
    with pytest.raises(Conflict, match=r"reading\.other_tagger"):
        load(tmp_path)


def test_endings_and_beginnings_in_other_spellings_are_understood() -> None:
    texts = pa.array(["临江市", "路", "路"])
    one = SequenceTagger.learn(texts, [["B-a", "M-a", "E-a"], ["S-b"], ["I-b"]])
    other = SequenceTagger.learn(texts, [["B-a", "I-a", "I-a"], ["B-b"], ["B-b"]])
    assert one.names == other.names == ("a", "b")
    assert one.marks.weights.tobytes() == other.marks.weights.tobytes()


@pytest.mark.parametrize(
    "tags",
    [
        [["B-a"]],
        [["B-a", "I-a"], ["O", "O"]],
        [["B-a", "I-a"], ["X-a"]],
        [["B-a", "I-a"], ["B-"]],
        [["B-a", "I-a"], [None]],
    ],
)
def test_tags_that_do_not_fit_are_refused(tags: list[list[str]]) -> None:
    with pytest.raises(InvalidInput, match=r"reading\.bad_tags.*text 2|reading\.bad_tags.*text 1"):
        SequenceTagger.learn(pa.array(["临江", "路"]), tags)


def test_texts_without_any_part_cannot_be_learned_from() -> None:
    with pytest.raises(InvalidInput, match=r"reading\.nothing_tagged"):
        SequenceTagger.learn(pa.array(["临江"]), [["O", "O"]])
