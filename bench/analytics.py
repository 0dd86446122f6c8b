"""Measures written in Ibis against hand-written DuckDB SQL and against pandas, on a table of the lake's shape.

`python -m bench.analytics` fills the table `cases` with 1 and 10 million orders and asks seven questions three ways:
through `suqiu.analysis` (the query kept with a fact), through SQL written by hand, and through pandas on a frame in
memory. Answers must agree; times are medians of three, and ratios are printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
import pandas as pd

from suqiu.analysis import MEASURES
from suqiu.analysis.measures.measure import Dimension
from suqiu.analysis.tallies import Period, asked
from suqiu.analysis.views import Views

PERIOD = Period(date(2026, 1, 1), date(2026, 6, 30), datetime(2026, 6, 30, 23, 59, 59))

#: Orders as a city makes them, from a hash of their number: the same on every machine.
FILL = """
CREATE TABLE raw AS
SELECT lpad(n::VARCHAR, 12, '0') AS order_id, (hash(n) >> 2)::BIGINT AS h, (hash(n + 1) >> 2)::BIGINT AS g,
       TIMESTAMP_S '2026-01-01' + to_seconds((hash(n + 2) % 15638400)::BIGINT) AS accepted_at
FROM range({orders}) AS numbers(n) ORDER BY accepted_at, order_id;
CREATE TABLE cases AS
WITH sent AS (
  SELECT *, CASE WHEN h % 10 < 6 THEN accepted_at + to_seconds((g % 7200)::BIGINT) END AS sent FROM raw
)
SELECT order_id, accepted_at::TIMESTAMP_S AS accepted_at, ['phone', 'web', 'app', 'wechat'][1 + h % 4] AS channel,
       ['consult', 'help', 'complaint', 'report'][1 + h % 4] AS type,
       printf('%02d.%02d.%02d', 1 + (h >> 4) % 12, 1 + (h >> 9) % 8, 1 + (h >> 13) % 4) AS category,
       printf('%02d', 1 + (h >> 4) % 12) AS category_1, printf('D%02d', 1 + (g >> 5) % 60) AS department,
       printf('%02d', 1 + (g >> 12) % 8) AS district, NULL::VARCHAR AS street, NULL::VARCHAR AS community,
       CASE WHEN h % 300 = 7 THEN 'merged' ELSE 'closed' END AS status, sent::TIMESTAMP_S AS first_dispatched_at,
       (sent + to_seconds((h % 200000)::BIGINT))::TIMESTAMP_S AS contacted_at,
       CASE WHEN g % 100 < 97 THEN coalesce(sent + to_seconds((h % 900000)::BIGINT), accepted_at) END::TIMESTAMP_S
         AS closed_at,
       (sent + INTERVAL 9 DAY)::TIMESTAMP_S AS close_due_at,
       (CASE WHEN sent IS NULL THEN 0 ELSE 1 + (g % 20 = 0)::INT END)::INTEGER AS dispatches,
       (h % 15 = 0)::INTEGER AS extensions, h % 200 = 0 AS exempt,
       (sent + INTERVAL 12 DAY)::TIMESTAMP_S AS judged_at,
       CASE WHEN g % 10 < 7 THEN ['satisfied', 'basic', 'dissatisfied'][1 + (h >> 8) % 3] END AS satisfaction
FROM sent;
DROP TABLE raw;
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One measure cut one way, and the same asked by hand."""

    measure: str
    dimension: Dimension | None
    sql: str
    pandas: Callable[[pd.DataFrame], pd.Series]


_SPAN = "TIMESTAMP '2026-01-01' AND TIMESTAMP '2026-06-30 23:59:59'"


def _in_period(column: pd.Series) -> pd.Series:
    return (column >= "2026-01-01") & (column <= "2026-06-30 23:59:59")


_APPRAISED = "NOT coalesce(exempt, FALSE) AND coalesce(status NOT IN ('merged', 'withdrawn', 'voided'), TRUE)"


def _appraised(cases: pd.DataFrame) -> pd.Series:
    return ~cases["exempt"].fillna(False) & ~cases["status"].isin(["merged", "withdrawn", "voided"])


def _on_time(cases: pd.DataFrame) -> pd.Series:
    due = cases[_in_period(cases["close_due_at"]) & _appraised(cases)]
    return (due["closed_at"] <= due["close_due_at"]).groupby(due["department"]).mean()


def _handling(cases: pd.DataFrame) -> pd.Series:
    done = cases[_in_period(cases["closed_at"]) & cases["first_dispatched_at"].notna()]
    return (done["closed_at"] - done["first_dispatched_at"]).dt.total_seconds().groupby(done["category"]).mean() / 3600


def _satisfied(cases: pd.DataFrame) -> pd.Series:
    said = cases[_in_period(cases["judged_at"]) & cases["satisfaction"].notna() & _appraised(cases)]
    return said["satisfaction"].isin(["very_satisfied", "satisfied", "basic"]).groupby(said["category_1"]).mean()


def _volume(cases: pd.DataFrame) -> pd.Series:
    return cases[_in_period(cases["accepted_at"])].groupby("district").size()


def _extended(cases: pd.DataFrame) -> pd.Series:
    sent = cases[_in_period(cases["first_dispatched_at"])]
    return (sent["extensions"] > 0).groupby(sent["first_dispatched_at"].dt.strftime("%Y-%m")).mean()


def _dispatch_delay(cases: pd.DataFrame) -> pd.Series:
    sent = cases[_in_period(cases["first_dispatched_at"])]
    return (sent["first_dispatched_at"] - sent["accepted_at"]).dt.total_seconds().groupby(sent["channel"]).mean() / 60


def _hops(cases: pd.DataFrame) -> pd.Series:
    sent = cases[_in_period(cases["first_dispatched_at"])]
    return sent["dispatches"].groupby(sent["type"]).mean()


QUESTIONS = (
    Question(
        "C3",
        Dimension.DEPARTMENT,
        f"""SELECT department AS key, avg((closed_at IS NOT NULL AND closed_at <= close_due_at)::INT) AS value
            FROM cases WHERE close_due_at BETWEEN {_SPAN} AND {_APPRAISED} GROUP BY 1 ORDER BY 1""",
        _on_time,
    ),
    Question(
        "C8",
        Dimension.CATEGORY,
        f"""SELECT category AS key, avg(epoch(closed_at) - epoch(first_dispatched_at)) / 3600 AS value
            FROM cases WHERE closed_at BETWEEN {_SPAN} AND first_dispatched_at IS NOT NULL GROUP BY 1 ORDER BY 1""",
        _handling,
    ),
    Question(
        "C17",
        Dimension.CATEGORY_1,
        f"""SELECT category_1 AS key, avg((satisfaction IN ('very_satisfied', 'satisfied', 'basic'))::INT) AS value
            FROM cases WHERE judged_at BETWEEN {_SPAN} AND satisfaction IS NOT NULL AND {_APPRAISED}
            GROUP BY 1 ORDER BY 1""",
        _satisfied,
    ),
    Question(
        "V1",
        Dimension.DISTRICT,
        f"SELECT district AS key, count(*) AS value FROM cases WHERE accepted_at BETWEEN {_SPAN} GROUP BY 1 ORDER BY 1",
        _volume,
    ),
    Question(
        "C9",
        Dimension.MONTH,
        f"""SELECT strftime(first_dispatched_at, '%Y-%m') AS key, avg((extensions > 0)::INT) AS value
            FROM cases WHERE first_dispatched_at BETWEEN {_SPAN} GROUP BY 1 ORDER BY 1""",
        _extended,
    ),
    Question(
        "B3",
        Dimension.CHANNEL,
        f"""SELECT channel AS key, avg(epoch(first_dispatched_at) - epoch(accepted_at)) / 60 AS value
            FROM cases WHERE first_dispatched_at BETWEEN {_SPAN} GROUP BY 1 ORDER BY 1""",
        _dispatch_delay,
    ),
    Question(
        "B9",
        Dimension.TYPE,
        f"""SELECT type AS key, avg(dispatches) AS value
            FROM cases WHERE first_dispatched_at BETWEEN {_SPAN} GROUP BY 1 ORDER BY 1""",
        _hops,
    ),
)


def in_ibis(tables: dict[str, ibis.Table], question: Question) -> dict[str, float]:
    """Ask through the product: the query that is kept with each fact."""
    measure = next(item for item in MEASURES if item.id == question.measure)
    columns = measure.columns
    if question.dimension is not None and question.dimension is not Dimension.MONTH:
        columns |= {str(question.dimension)}
    view = Views(tables, PERIOD.as_of).view(measure.ground, columns)
    rows = asked(view, measure, question.dimension, PERIOD).to_pyarrow().to_pylist()
    return {row["key"]: measure.formula.value(row["numerator"], row["denominator"]) for row in rows}


def in_sql(engine: Any, question: Question) -> dict[str, float]:
    """Ask in SQL."""
    rows = engine.con.sql(question.sql).to_arrow_table().to_pylist()
    return {row["key"]: row["value"] for row in rows}


def in_pandas(cases: pd.DataFrame, question: Question) -> dict[str, float]:
    """Ask pandas."""
    return {str(key): float(value) for key, value in question.pandas(cases).items()}


def timed(ask: Callable[[], dict[str, float]], times: int = 3) -> tuple[float, dict[str, float]]:
    """Return the median seconds and the answer."""
    seconds, answer = [], {}
    for _ in range(times):
        started = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), answer


def agree(one: dict[str, float], other: dict[str, float]) -> bool:
    """Say whether two answers are the same but for rounding."""
    return one.keys() == other.keys() and all(abs(one[key] - other[key]) <= 1e-6 * abs(one[key]) for key in one)


def compare(orders: int) -> None:
    """Fill the tables and print every question's times and ratios."""
    engine = ibis.duckdb.connect(threads=2)
    for statement in FILL.format(orders=orders).split(";"):
        if statement.strip():
            engine.raw_sql(statement)
    tables = {"cases": engine.table("cases")}
    cases = engine.con.sql("FROM cases").df()
    sums = [0.0, 0.0, 0.0]
    for question in QUESTIONS:
        ours, found = timed(lambda q=question: in_ibis(tables, q))  # type: ignore[misc]
        sql, by_hand = timed(lambda q=question: in_sql(engine, q))  # type: ignore[misc]
        frame, by_pandas = timed(lambda q=question: in_pandas(cases, q), times=1)  # type: ignore[misc]
        same = agree(found, by_hand) and agree(found, by_pandas)
        cut = f"{question.measure} by {question.dimension}"
        print(
            f"{orders:>10,} orders  {cut:20} ibis {ours:6.3f} s  sql {sql:6.3f} s  pandas {frame:7.3f} s"
            f"  ibis/sql {ours / sql:5.2f}  pandas/ibis {frame / ours:6.1f}  {'equal' if same else 'ANSWERS DIFFER'}",
            flush=True,
        )
        if not same:
            raise SystemExit(1)
        sums = [total + part for total, part in zip(sums, (ours, sql, frame), strict=True)]
    print(
        f"{orders:>10,} orders  all  ibis/sql {sums[0] / sums[1]:.2f}  pandas/ibis {sums[2] / sums[0]:.1f}", flush=True
    )
    engine.disconnect()


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare at each size."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="*", default=[1_000_000, 10_000_000])
    for orders in options.parse_args(arguments).sizes:
        compare(orders)


if __name__ == "__main__":
    main()
