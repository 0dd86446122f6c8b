"""Run as a program by the tests: words looked for in the database that the environment names, told as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

from suqiu.config import settings
from suqiu.web.site import About, Site, site


def main() -> None:
    """Make a site, take down some orders, and tell which of them each search finds."""
    city = Path(__file__).resolve().parents[4] / "cities/linjiang"
    Site(site().folder, settings()).save(About(city=str(city), demo=True))
    django.setup()
    from django.core.management import call_command
    from django.http import QueryDict

    from suqiu.web.desks.orders import search, words
    from suqiu.web.orders.models import Order
    from tests.web import made

    call_command("migrate", verbosity=0)
    for title, text in (("路灯损坏", "希望尽快修复海棠街照明设施ABC"), ("噪声扰民", "夜间施工"), ("灯路", "设\n施")):
        made.accepted(title=title, text=text)
    titles = dict(Order.objects.values_list("number", "title"))
    found = {}
    for said in (
        "路灯",
        "灯损坏",
        "施工",
        "设施",
        "bc",
        "abc",
        "海棠街照明",
        "坏希",
        "路灯 设施",
        "路灯%",
        "''",
        "不存在",
    ):
        looked_up = Order.objects.filter(words.looked_up(words.spoken(said)))
        page = search.page(made.somebody("supervisor"), search.Question.read(QueryDict(f"words={said}")))
        found[said] = [
            sorted(titles[number] for number in looked_up.values_list("number", flat=True)),
            sorted(one.title for one in page.orders),
        ]
    sys.stdout.write(json.dumps({"indexed": words.indexed(), "found": found}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
