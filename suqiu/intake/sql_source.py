"""Any database that SQLAlchemy reaches, by URL; `?table=orders` chooses tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from suqiu.domain.errors import NotFound
from suqiu.domain.text import Text
from suqiu.intake.cells import cell_text, clean_headers
from suqiu.intake.refusals import broken_address, database_refused, no_such_file, nothing_inside
from suqiu.intake.source import BATCH_ROWS, Portion, SourceTable, make_batch


@dataclass(frozen=True)
class DatabaseTable(SourceTable):
    """A table or view of a database 数据库表; rows are numbered from 1 in the order of its key, else as they come.

    Attributes:
        url: the database.
        fields: column names as the database spells them, in the order of `columns`.
        key: columns to sort by.
    """

    url: URL
    fields: tuple[str, ...]
    key: tuple[str, ...]

    def portions(self, batch_rows: int = BATCH_ROWS) -> Iterator[Portion]:
        """Read the table through a server-side cursor where there is one; see `SourceTable.portions`.

        Raises:
            Unavailable: the database does not answer.
        """
        # Columns without types: a driver's type would refuse the very values that are to be reported.
        table = sa.table(self.name, *(sa.column(name) for name in self.fields))
        query = sa.select(*table.c).order_by(*(table.c[name] for name in self.key))
        engine = sa.create_engine(self.url)
        passed = 0
        try:
            with engine.connect().execution_options(stream_results=True, yield_per=batch_rows) as connection:
                for rows in connection.execute(query).partitions(batch_rows):
                    cells = [
                        pa.array([cell_text(value) for value in column], pa.string())
                        for column in zip(*rows, strict=True)
                    ]
                    numbers = pa.array(range(passed + 1, passed + 1 + len(rows)), pa.int64())
                    passed += len(rows)
                    yield Portion(make_batch(self.columns, cells, numbers), (), min(1.0, passed / max(1, self.size)))
        except SQLAlchemyError as error:
            raise database_refused(self.file, error) from error
        finally:
            engine.dispose()


def open_database(where: str) -> tuple[DatabaseTable, ...]:
    """List the tables that a database URL offers.

    Raises:
        InvalidInput: the address is none.
        NotFound: the database file, or a table asked for, does not exist.
        Unavailable: the database does not answer, or its driver is missing.
    """
    url = _address(where)
    if url is None:
        raise broken_address(where.partition(":")[0])
    asked = _names(url.query.get("table"))
    url = url.difference_update_query(["table"])
    label = Path(url.database or url.host or url.drivername).name
    if url.drivername.startswith("sqlite") and url.database and not Path(url.database).exists():
        raise no_such_file(url.database)  # the driver would make an empty one
    try:
        engine = sa.create_engine(url)
        try:
            return _list(engine, url, label, asked)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise database_refused(label, error) from error


def without_secrets(where: str) -> str:
    """Return a database's address without user, password and options, as it may be shown and kept.

    What cannot be read as an address keeps its scheme only: any part of it may be a password. A path stays.
    """
    if "://" not in where:
        return where
    url = _address(where)
    if url is None:
        return where.partition(":")[0] + "://"
    tables = {key: value for key, value in url.query.items() if key == "table"}
    shown = URL.create(url.drivername, host=url.host, port=url.port, database=url.database, query=tables)
    return shown.render_as_string(hide_password=False)


def _address(where: str) -> URL | None:
    """Parse an address; None when it is none, or when an unescaped @ has put part of a password into the host.

    The parser's own words are not passed on: they repeat what may be a password.
    """
    try:
        url = make_url(where)
    except (SQLAlchemyError, ValueError):
        return None
    return None if "@" in (url.host or "") else url


def _list(engine: sa.Engine, url: URL, label: str, asked: tuple[str, ...]) -> tuple[DatabaseTable, ...]:
    inspector = sa.inspect(engine)
    there = sorted({*inspector.get_table_names(), *inspector.get_view_names()})
    missing = [name for name in asked if name not in there]
    if missing:
        raise NotFound(
            "intake.no_such_table",
            Text("数据库中没有表“{missing}”", "the database has no table {missing}").fill(missing=missing[0]),
            Text("现有的表：{there}", "its tables: {there}").fill(there=", ".join(there[:20]) or "-"),
        )
    tables = []
    with engine.connect() as connection:
        for name in asked or there:
            fields = tuple(column["name"] for column in inspector.get_columns(name))
            key = (
                tuple(inspector.get_pk_constraint(name)["constrained_columns"])
                if name not in (inspector.get_view_names())
                else ()
            )
            rows = connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
            tables.append(DatabaseTable(name, f"{label}[{name}]", clean_headers(fields), rows, rows, url, fields, key))
    if not tables:
        raise nothing_inside(label)
    return tuple(tables)


def _names(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value or ()
    return tuple(name for text in texts for name in text.split(",") if name)
