"""Words in titles and texts, found without reading every order 词语检索.

Most Chinese words have two characters, and an index of trigrams finds nothing shorter than three. So PostgreSQL gets
an inverted index over pairs of neighbouring characters, which needs no extension; SQLite gets a full-text table of
trigrams, in which a word of two characters is looked up as the beginning of trigrams. Both follow the orders by
themselves and are made, or mended, after each migration: a table that SQLite rebuilds loses its triggers.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

_LOG = logging.getLogger("suqiu.web.orders")

#: Fewer characters are on nearly every page.
LEAST = 2

_POSTGRESQL = (
    # In plpgsql, for what is written in SQL is taken apart by the planner, which then thinks it cheap. The pairs that
    # begin at odd places are cut first, then those at even ones: seven times as fast as walking the characters.
    r"""
    CREATE OR REPLACE FUNCTION suqiu_pairs(title text, said text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000 AS $$
    DECLARE whole text := lower(title || ' ' || said);
    BEGIN
      RETURN string_to_array(regexp_replace(whole, '(..)', E'\\1\x01', 'g'), E'\x01')
        || string_to_array(regexp_replace(substr(whole, 2), '(..)', E'\\1\x01', 'g'), E'\x01');
    END $$
    """,
    # Such an index is built from lists in memory; with the usual 64 MB it is written over and over.
    "SET LOCAL maintenance_work_mem = '512MB'",
    "CREATE INDEX IF NOT EXISTS orders_order_pairs ON orders_order USING gin (suqiu_pairs(title, text))",
)
# Two spaces at the end, so that the last two characters begin a trigram too.
_SAID = "{row}.title || ' ' || {row}.text || '  '"
_OLD, _NEW = _SAID.format(row="old"), _SAID.format(row="new")
_FORGET = f"INSERT INTO orders_words(orders_words, rowid, said) VALUES ('delete', old.id, {_OLD});"  # noqa: S608 — constants
_LEARN = f"INSERT INTO orders_words(rowid, said) VALUES (new.id, {_NEW});"  # noqa: S608 — constants
_SQLITE = (
    f"CREATE TRIGGER IF NOT EXISTS orders_words_come AFTER INSERT ON orders_order BEGIN {_LEARN} END",
    f"CREATE TRIGGER IF NOT EXISTS orders_words_go AFTER DELETE ON orders_order BEGIN {_FORGET} END",
    "CREATE TRIGGER IF NOT EXISTS orders_words_change AFTER UPDATE OF title, text ON orders_order "
    f"BEGIN {_FORGET} {_LEARN} END",
)


def make(using: str = "default", **_: Any) -> None:
    """Make the index of a database, or what is missing of it; where it cannot be made, search looks back less far."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if "orders_order" not in connection.introspection.table_names(cursor):
            return
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                for statement in _POSTGRESQL:
                    cursor.execute(statement)
            elif connection.vendor == "sqlite":
                _make_sqlite(cursor)
    except DatabaseError as error:
        _LOG.warning("no index of words: %s", type(error).__name__)


def _make_sqlite(cursor: Any) -> None:
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'orders_words'")
    if not cursor.fetchone()[0]:
        cursor.execute(
            "CREATE VIRTUAL TABLE orders_words USING fts5(said, content='', tokenize='trigram', detail='none')"
        )
        cursor.execute("CREATE VIRTUAL TABLE orders_words_terms USING fts5vocab('orders_words', 'instance')")
        cursor.execute(
            "INSERT INTO orders_words(rowid, said) SELECT row.id, "  # noqa: S608 — constants
            + _SAID.format(row="row") + " FROM orders_order AS row"
        )  # fmt: skip
    for statement in _SQLITE:
        cursor.execute(statement)


def indexed(using: str = "default") -> bool:
    """Say whether words can be looked up."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT to_regclass('orders_order_pairs') IS NOT NULL")
        else:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'orders_words'")
        return bool(cursor.fetchone()[0])


def spoken(words: str) -> tuple[str, ...]:
    """Return the distinct words of a search: all of them must be in an order."""
    return tuple(dict.fromkeys(words.lower().split()))


def holding(words: tuple[str, ...]) -> Q:
    """Return the condition that title or text holds every word; it reads every order that is looked at."""
    condition = Q()
    for word in words:
        condition &= Q(title__icontains=word) | Q(text__icontains=word)
    return condition


def looked_up(words: tuple[str, ...], using: str = "default") -> Q:
    """Return the same condition by way of the index."""
    if connections[using].vendor == "postgresql":
        pairs = list(dict.fromkeys(word[n : n + 2] for word in words for n in range(len(word) - 1)))
        return Q(_condition("suqiu_pairs(orders_order.title, orders_order.text) @> %s::text[]", pairs)) & holding(
            tuple(word for word in words if len(word) > LEAST)
        )
    condition = Q()
    for word in words:
        condition &= Q(_in_sqlite(word)) & (holding((word,)) if len(word) > LEAST else Q())
    return condition


def _in_sqlite(word: str) -> RawSQL:
    if len(word) == LEAST:
        found = "SELECT doc FROM orders_words_terms WHERE term >= %s AND term < %s"
        return _condition(f"orders_order.id IN ({found})", word, word + chr(0x10FFFF))
    trigrams = dict.fromkeys(word[n : n + 3] for n in range(len(word) - 2))
    match = " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in trigrams)
    return _condition("orders_order.id IN (SELECT rowid FROM orders_words WHERE orders_words MATCH %s)", match)


def _condition(sql: str, *parameters: Any) -> RawSQL:
    return RawSQL(sql, parameters, output_field=BooleanField())  # noqa: S611 — constants; what is asked for is bound
