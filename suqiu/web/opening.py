"""Opening a site for a command or a server: which one, with Django ready to use."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from suqiu.config import choose_site
from suqiu.domain.errors import Unavailable
from suqiu.domain.text import Text
from suqiu.web.site import Site, site


def begin_django() -> None:
    """Make Django ready; its settings come from the site that the setting SUQIU_SITE names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqiu.web.settings")
    django.setup()


def choose(folder: Path | None) -> Site:
    """Return the site in a folder, or in the one that SUQIU_SITE names, whether or not it is made yet."""
    if folder is not None:
        choose_site(folder)
        site.cache_clear()
    return site()


def opened(folder: Path | None = None) -> Site:
    """Open a site: Django is ready, the database answers.

    Raises:
        NotFound: the folder holds no site.
        Unavailable: the database does not answer.
    """
    one = choose(folder)
    _ = one.about
    begin_django()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Unavailable(
            "site.database",
            Text("无法连接数据库：{why}", "the database does not answer: {why}").fill(why=str(error).strip()),
            Text("请核对SUQIU_DATABASE，并确认数据库已启动", "check SUQIU_DATABASE, and that the database runs"),
        ) from error
    return one


def upgrades() -> int:
    """Return how many steps the database is behind this version of the software."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def upgrade() -> None:
    """Bring the database to this version of the software."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def measure() -> None:
    """Let the database look at how much there is of what, by which it chooses how to search.

    PostgreSQL does so by itself, but late after a load; SQLite never, and may then read all steps for each order.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("ANALYZE")


def let_go() -> None:
    """Close every connection of this process: before others are begun from it."""
    connections.close_all()
    for one in connections.all(initialized_only=True):
        if getattr(one, "pool", None):
            one.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's only
