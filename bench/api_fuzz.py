"""The REST interface against its own published schema: generated requests to every address, right and wrong.

    python -m bench.api_fuzz --examples 200

Schemathesis makes the requests from the schema; every answer must be no server error, and of a status, type, shape
and headers that the schema publishes. It runs on a site of its own that goes away.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

SEED = 12345
_CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "ignored_auth",
)  # fmt: skip


@dataclass
class Figures:
    """What came of it.

    Attributes:
        operations: how many addresses and methods were tried.
        statuses: how often each status was answered.
        failures: what was not as published, one line each.
    """

    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def fuzz(app: Any, token: str, number: str, examples: int, without: tuple[str, ...] = ()) -> Figures:
    """Send generated requests to each operation of the interface behind a WSGI application.

    Args:
        app: the application.
        token: that may do everything.
        number: of an order that is there: every second right request names it, where one is named.
        examples: how many to each operation, half of them wrong on purpose.
        without: checks to leave out.
    """
    import schemathesis
    from schemathesis.checks import CHECKS, load_all_checks
    from schemathesis.core.failures import FailureGroup

    load_all_checks()
    checks = CHECKS.get_by_names([name for name in _CHECKS if name not in without])
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    figures = Figures()
    for found in schema.get_all_operations():
        operation: Any = cast(Any, found).ok()
        figures.operations += 1
        try:
            _try(operation, token, number, examples, checks, figures)
        except (Exception, FailureGroup) as error:
            figures.failures.append(f"{operation.method} {operation.path}: {_told(error)}")
    return figures


def _try(operation: Any, token: str, number: str, examples: int, checks: Any, figures: Figures) -> None:
    from schemathesis import GenerationMode

    headers = {"Authorization": f"Bearer {token}"}

    def send(case: Any, *, right: bool) -> None:
        if right and "number" in (case.path_parameters or {}) and figures.statuses.total() % 2:
            case.path_parameters["number"] = number
        response = case.call(headers=headers)
        figures.statuses[response.status_code] += 1
        case.validate_response(response, checks=checks, headers=headers)

    bounded = settings(
        max_examples=max(1, examples // 2), deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    @bounded
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def right(case: Any) -> None:
        send(case, right=True)

    @bounded
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def wrong(case: Any) -> None:
        send(case, right=False)

    seed(SEED)(right)()
    with suppress(Unsatisfiable):  # an address that asks for nothing cannot be asked wrongly
        seed(SEED)(wrong)()


def _told(error: BaseException) -> str:
    parts = getattr(error, "exceptions", None) or [error]
    return " | ".join(f"{type(one).__name__}: {str(one)[:600]}" for one in parts)


def main() -> int:
    """Run it and print its figures; 1 when anything was not as published."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=200, help="requests to each operation")
    examples = asked.parse_args().examples
    os.environ["SUQIU_SITE"] = tempfile.mkdtemp(prefix="suqiu-fuzz-")
    os.environ["SUQIU_HOSTS"] = "localhost"
    os.environ["SUQIU_API_PUBLIC_PER_MINUTE"] = "1000000"  # some requests come without a token, on purpose
    os.environ["DJANGO_SETTINGS_MODULE"] = "suqiu.web.settings"
    token, number = _site()
    from django.core.wsgi import get_wsgi_application

    began = time.perf_counter()
    figures = fuzz(get_wsgi_application(), token, number, examples)
    said = {
        "operations": figures.operations,
        "requests": sum(figures.statuses.values()),
        "statuses": {str(status): count for status, count in sorted(figures.statuses.items())},
        "failures": figures.failures,
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(said, ensure_ascii=False, indent=1))
    return 1 if figures.failures else 0


def _site() -> tuple[str, str]:
    """Make a site with an order; return a token that may do everything, and the order's number."""
    from suqiu.config import settings as chosen
    from suqiu.web.site import About, Site

    folder = Path(os.environ["SUQIU_SITE"])
    city = Path(__file__).resolve().parents[1] / "cities/linjiang"
    Site(folder, chosen()).save(About(city=str(city), demo=True))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from suqiu.web.accounts.actor import Actor
    from suqiu.web.api import tokens
    from suqiu.web.api.rights import GRANTABLE
    from suqiu.web.orders import flow

    token, said = tokens.issue(Actor("rule:bench"), tokens.Wish("fuzz", tuple(GRANTABLE), per_minute=100_000))
    demand = flow.Demand("路灯不亮", "路灯三天不亮，请修复。")
    _, orders = flow.accept(tokens.actor_for(token), flow.Coming("app"), [demand])
    return said, orders[0].number


if __name__ == "__main__":
    sys.exit(main())
