from __future__ import annotations

import re
from collections import Counter, defaultdict

from tests.simulate.conftest import Made
from tests.simulate.reading import true_orders, truth

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def luhn_holds(number: str) -> bool:
    digits = [int(d) for d in number]
    return (sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])) % 10 == 0


def test_two_texts_are_equal_only_where_an_exact_repeat_was_planted(made: Made) -> None:
    known = {str(row["order_id"]): row for row in truth(made.out, "orders")}
    groups = defaultdict(list)
    for number, row in true_orders(made.out).items():
        groups[re.sub(r"\W", "", row["诉求内容"])].append(number)
    alike = {n for numbers in groups.values() for n in sorted(numbers)[1:]}
    exact = {number for number, row in known.items() if row["repeat_kind"] == "exact"}
    assert alike == exact
    assert len(exact) > 60


def test_a_reworded_repeat_has_other_words_for_the_same_matter(made: Made) -> None:
    known = {str(row["order_id"]): row for row in truth(made.out, "orders")}
    orders = true_orders(made.out)
    reworded = [row for row in known.values() if row["repeat_kind"] == "reworded"]
    assert len(reworded) > 60
    for row in reworded:
        first = known[str(row["repeat_of"])]
        assert first["repeat_of"] is None
        assert str(first["order_id"]) < str(row["order_id"])
        assert (row["category"], row["community"]) == (first["category"], first["community"])
        assert orders[str(row["order_id"])]["诉求内容"] != orders[str(first["order_id"])]["诉求内容"]
    same_caller = [row["caller"] == known[str(row["repeat_of"])]["caller"] for row in reworded]
    assert sum(same_caller) > 0.75 * len(same_caller)


def test_texts_are_between_20_and_400_characters_and_vary(made: Made) -> None:
    texts = [row["诉求内容"] for row in true_orders(made.out).values()]
    assert min(map(len, texts)) >= 20
    assert 150 < max(map(len, texts)) <= 400
    assert Counter(text[:4] for text in texts).most_common(1)[0][1] < 0.2 * len(texts)
    assert not any("{" in text or "}" in text for text in texts)


def test_planted_personal_data_stands_exactly_where_the_truth_says(made: Made) -> None:
    orders = true_orders(made.out)
    spans = truth(made.out, "personal_data")
    assert len(spans) == made.summary.personal_data > 1000
    for span in [*spans, *truth(made.out, "decoys")]:
        cell = orders[str(span["order_id"])][str(span["column"])]
        start, string = int(str(span["start"])), str(span["string"])
        assert cell[start : start + len(string)] == string


def test_planted_numbers_are_valid_as_their_kind_asks(made: Made) -> None:
    spans = defaultdict(list)
    for span in truth(made.out, "personal_data"):
        spans[span["kind"]].append(str(span["string"]))
    assert set(spans) == {"mobile", "landline", "id_card", "bank_card", "plate", "email", "wechat", "name"}
    for identity in spans["id_card"]:
        total = sum(int(d) * w for d, w in zip(identity[:17], WEIGHTS, strict=True))
        assert "10X98765432"[total % 11] == identity[17].upper()
    assert all(luhn_holds(card.replace(" ", "")) for card in spans["bank_card"])
    wide = str.maketrans("０１２３４５６７８９", "0123456789")
    assert all(re.fullmatch(r"1[3-9]\d{9}", re.sub("[ -]", "", m.translate(wide))) for m in spans["mobile"])


def test_look_alikes_are_planted_too_and_kept_apart(made: Made) -> None:
    kinds = {row["kind"] for row in truth(made.out, "decoys")}
    assert {"order_number", "meter", "contract", "hotline", "business", "amount", "date"} <= kinds


def test_some_agents_write_a_routing_hint_with_the_department_they_chose(made: Made) -> None:
    orders = true_orders(made.out)
    dispatched = [row for row in truth(made.out, "orders") if row["first_department"]]
    hinted = [
        row
        for row in dispatched
        if re.search("(核实|处理|办理|处置)[^。）]*[。）]$", orders[str(row["order_id"])]["诉求内容"])
    ]
    assert 0.15 < len(hinted) / len(dispatched) < 0.45


def test_callers_call_again_and_some_call_often(made: Made) -> None:
    calls = Counter(row["caller"] for row in truth(made.out, "orders"))
    assert len(calls) > 1500
    assert max(calls.values()) >= 8


def test_an_order_that_speaks_of_danger_is_an_emergency(made: Made) -> None:
    orders = true_orders(made.out)
    cued = [row for row in truth(made.out, "orders") if row["cue"]]
    assert len(cued) > 30
    assert all(row["urgency"] == "emergency" and "不想活" in orders[str(row["order_id"])]["诉求内容"] for row in cued)
