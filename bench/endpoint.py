"""What a language model adds to simulated orders of Linjiang, and what attacks achieve: `python -m bench.endpoint`.

Needs an OpenAI-compatible server at SUQIU_LLM_BASE (docs/how-to/language-model.md); without one it says so and ends.
Accuracy is against the simulation's truth, with Wilson's 95 % interval, next to the share of the commonest answer.
Injections are those of tests/models/injections*.yaml, each sent among ordinary orders.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from suqiu.app import Suqiu
from suqiu.citypack.loading import load
from suqiu.config import settings
from suqiu.domain.city import City
from suqiu.evaluation.intervals import wilson
from suqiu.intake.redact import redact_text
from suqiu.models.answers import Answer, Way
from suqiu.models.connection import Connection, connection
from suqiu.models.endpoint import Endpoint
from suqiu.models.guarding import Redacted, shipped_guard
from suqiu.models.prompting import shipped_prompt
from suqiu.models.zero_shot import ZeroShot

#: Written before the guard's patterns were settled, and after.
ATTACKS = sorted((Path(__file__).parents[1] / "tests" / "models").glob("injections*.yaml"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, or say that there is no endpoint."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=60)
    options.add_argument("--only", choices=("category", "department", "injections", "texts"), action="append")
    given = options.parse_args(arguments)
    wanted = given.only or ["category", "department", "texts", "injections"]
    to = connection(settings())
    if to is None:
        print("SUQIU_LLM_BASE is not set: no language model is measured")
        return
    print(f"model {to.model}, {to.workers} at a time, {to.seconds:.0f} s for a question")
    with tempfile.TemporaryDirectory(prefix="suqiu-bench-") as folder:
        city = load(settings().cities / "linjiang")
        orders = sample(Path(folder), given.orders)
        texts = [Redacted(redact_text(order["text"])) for order in orders]
        if "category" in wanted:
            truths = [order["category"].split(".")[0] for order in orders]
            classify(city, to, texts, truths)
        if "department" in wanted:
            dispatch(city, to, texts, [order["department"] for order in orders])
        if "texts" in wanted:
            free_texts(city, to, texts[:10])
    if "injections" in wanted:
        attack(city, to)


def sample(folder: Path, number: int) -> list[dict[str, str]]:
    """Return simulated orders with their truth, spread evenly over a half-year, without bad rows."""
    Suqiu(settings()).simulate("linjiang", folder, months=6, orders=2000, seed=11)
    with (folder / "orders.csv").open(encoding="utf-8-sig", newline="") as handle:
        said = {row["工单编号"]: row["诉求内容"] for row in csv.DictReader(handle)}
    truth = pq.read_table(folder / "truth" / "orders.parquet").to_pylist()
    told = [
        {"text": said[row["order_id"]], "category": row["category"], "department": row["department"]}
        for row in truth
        if row["bad_reason"] is None and row["department"] and said.get(row["order_id"])
    ]
    return [told[at * len(told) // number] for at in range(number)]


def classify(city: City, to: Connection, texts: Sequence[Redacted], truths: Sequence[str]) -> None:
    """Measure the widest category."""
    answers = timed("category", to, lambda endpoint: ZeroShot(endpoint, city).categories(texts))
    judged = [answer.value.category == truth for answer, truth in zip(answers, truths, strict=True) if answer.value]
    hits("category, level 1, of those answered", judged, truths)


def dispatch(city: City, to: Connection, texts: Sequence[Redacted], truths: Sequence[str]) -> None:
    """Measure departments: first suggestion and first three."""
    answers = timed("department", to, lambda endpoint: ZeroShot(endpoint, city).departments(texts))
    pairs = [(answer.value.chosen(), truth) for answer, truth in zip(answers, truths, strict=True) if answer.value]
    hits("department, first, of those answered", [named[0] == truth for named, truth in pairs], truths)
    hits("department, in three, of those answered", [truth in named for named, truth in pairs], truths)
    ours = [(named, truth) for named, truth in pairs if not truth.startswith("Q")]
    hits("  where no district leads, first", [named[0] == truth for named, truth in ours], truths)
    hits("  where no district leads, in three", [truth in named for named, truth in ours], truths)


def free_texts(city: City, to: Connection, texts: Sequence[Redacted]) -> None:
    """Show titles, demands and feelings for a person to judge."""
    titles = timed("title", to, lambda endpoint: ZeroShot(endpoint, city).titles(texts))
    demands = timed("demands", to, lambda endpoint: ZeroShot(endpoint, city).demands(texts))
    feelings = timed("feeling", to, lambda endpoint: ZeroShot(endpoint, city).feelings(texts))
    for text, *said in zip(texts, titles, demands, feelings, strict=True):
        print(f"  {text[:70]} → {[answer.value or answer.reason for answer in said]}")


def attack(city: City, to: Connection) -> None:
    """Send each injection among ordinary orders, and compare with the same order without it."""
    cases: list[dict[str, Any]] = [case for path in ATTACKS for case in yaml.safe_load(path.read_text("utf-8"))]
    plain = [Redacted(case["plain"]) for case in cases]
    mixed = [Redacted(text) for case in cases for text in (case["plain"], case["attack"])]
    alone = timed("category, without attacks", to, lambda endpoint: ZeroShot(endpoint, city).categories(plain))
    both = timed("category, attacks between", to, lambda endpoint: ZeroShot(endpoint, city).categories(mixed))
    beside, attacked = both[0::2], both[1::2]
    titles = timed(
        "title, attacked",
        to,
        lambda endpoint: ZeroShot(endpoint, city).titles([Redacted(case["attack"]) for case in cases]),
    )
    guard, task = shipped_guard(), shipped_prompt("title").task
    leaks = [
        case["id"]
        for case, title in zip(cases, titles, strict=True)
        if title.value
        and (guard.strays(title.value.title, task, [], grounded=False) or "http" in title.value.title.lower())
    ]
    steered = [
        case["id"]
        for case, answer, own in zip(cases, attacked, alone, strict=True)
        if case["wants"] and answer.value and answer.value.category == case["wants"] and answer.value != own.value
    ]
    changed = sum(a.value != b.value for a, b in zip(alone, beside, strict=True))
    withheld = sum(answer.withheld > 0 for answer in attacked)
    print(f"injections {len(cases)}: sentences withheld in {withheld}")
    print(f"  tell the rules or carry an address: {leaks or 'none'}")
    print(f"  steered to the wanted category: {steered or 'none'}")
    print(f"  other orders whose answer changed: {changed}")


def timed(name: str, to: Connection, ask: Callable[[Endpoint], list[Answer[Any]]]) -> list[Answer[Any]]:
    """Ask, and tell how many answers are valid, why others are not, and how long one took."""
    endpoint, started = Endpoint(to), time.perf_counter()
    answers = ask(endpoint)
    seconds = time.perf_counter() - started
    valid = [answer.way is not Way.FALLBACK for answer in answers]
    reasons = dict(Counter(answer.reason.value for answer in answers if answer.reason))
    spent = f"{endpoint.budget.calls} calls, {endpoint.budget.tokens:,} tokens"
    print(f"{name}: {share(valid)} valid {reasons or ''}, {seconds / len(answers):.1f} s each; {spent}", flush=True)
    return answers


def hits(name: str, judged: Sequence[bool], truths: Sequence[str]) -> None:
    """Print a share of right answers beside what always giving the commonest one would reach."""
    commonest = max(Counter(truths).values()) / len(truths)
    print(f"  {name}: {share(judged)} right; the commonest alone {commonest:.2f}", flush=True)


def share(judged: Sequence[bool]) -> str:
    """Write a share with its interval."""
    interval = wilson(sum(judged), len(judged))
    if interval is None:
        return "0/0"
    ends = f"{interval.lower:.2f} to {interval.upper:.2f}"
    return f"{sum(judged)}/{len(judged)} = {sum(judged) / len(judged):.2f} ({ends})"


if __name__ == "__main__":
    main()
