"""Write the files of a drafted pack: plain, commented, made to be edited by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date

from chinese_calendar.constants import holidays as _HOLIDAYS  # noqa: N812 - a constant of that library
from chinese_calendar.constants import workdays as _WORKDAYS  # noqa: N812

from suqiu.citypack.duties import DISTRICT
from suqiu.citypack.regions import COLUMNS
from suqiu.domain.city import Category, Department, Duty, Region, Weight
from suqiu.domain.clock import LimitTable

#: Texts that YAML reads as themselves without quotes.
_PLAIN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff\w（）、·—“”《》]*")

_FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}

#: Years whose public holidays are known here.
KNOWN_YEARS = frozenset(day.year for day in _HOLIDAYS)


def scalar(text: str) -> str:
    """Write a text as YAML: plain where that is safe, else quoted as JSON, which is YAML too."""
    # The line breaks that JSON lets stand are line breaks to YAML.
    quoted = json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return text if _PLAIN.fullmatch(text) else quoted


def city_file(name: str, english_name: str, taxonomy_source: str) -> str:
    """Write `city.yaml`; the population is left for a person."""
    return (
        "# 由工单导出数据起草，请逐项核对；english_name请改为城市英文名，population请填常住人口。\n"
        f"name: {scalar(name)}\n"
        f"english_name: {scalar(english_name)}\n"
        "timezone: Asia/Shanghai\n"
        "# population: 6000000\n"
        f"taxonomy_source: {scalar(taxonomy_source)}\n"
    )


def taxonomy_file(categories: Mapping[Category, int | None], comment: str) -> str:
    """Write `taxonomy.yaml`: nested, each leaf on one line, with its orders where they are known."""
    lines = [f"# {comment}"]
    parents = {category.parent for category in categories}
    for category, orders in categories.items():
        indent = "    " * (category.level - 1)
        note = "" if orders is None else f"  # {orders}件"
        about = f", about: {scalar(category.about)}" if category.about else ""
        if category.id not in parents:
            lines.append(f'{indent}- {{id: "{category.id}", name: {scalar(category.name)}{about}}}{note}')
            continue
        lines.append(f'{indent}- id: "{category.id}"{note}')
        lines.append(f"{indent}  name: {scalar(category.name)}")
        if category.about:
            lines.append(f"{indent}  about: {scalar(category.about)}")
        lines.append(f"{indent}  children:")
    return "\n".join(lines) + "\n"


def duties_file(duties: Iterable[Duty], names: Mapping[str, str], comment: str) -> str:
    """Write `duties.yaml`; beside each lead stands its name."""
    lines = [f"# {comment}"]
    for duty in duties:
        beside = "" if duty.lead is None else f"  # {names[duty.lead]}"
        lines += [
            f"- id: {scalar(duty.id)}",
            f'  category: "{duty.category}"',
            f"  what: {scalar(duty.what)}",
            f"  clause: {scalar(duty.clause)}",
            f"  lead: {duty.lead or DISTRICT}{beside}",
            f"  assisting: {_flow((*duty.assisting, *([DISTRICT] if duty.district_assists else [])))}",
            f"  examples: {_flow(duty.examples)}",
        ]
    return "\n".join(lines) + "\n" if len(lines) > 1 else f"{lines[0]}\n[]\n"


def departments_file(
    departments: Iterable[Department], orders: Mapping[str, int], not_departments: Iterable[str], comment: str
) -> str:
    """Write `departments.yaml`, each department on one line with its orders where they are known."""
    lines = [
        f"# {comment}",
        "# kind：bureau 市级部门，utility 公用企业，district 区县政府，street 街镇政府，outside 不受市政府领导的单位。",
        "departments:",
    ]
    for department in departments:
        aliases = f", aliases: {_flow(department.aliases)}" if department.aliases else ""
        region = f', region: "{department.region}"' if department.region else ""
        note = f"  # {orders[department.id]}件" if department.id in orders else ""
        head = f"id: {department.id}, name: {scalar(department.name)}, kind: {department.kind.value}"
        lines.append(f"  - {{{head}{region}{aliases}}}{note}")
    if len(lines) == 3:
        lines[-1] += " []"
    nothing = tuple(not_departments)
    if nothing:
        lines.append(f"# 导出数据中不是单位的写法，已略去：{'、'.join(nothing)}")
    lines.append(f"not_departments: {_flow(nothing)}")
    return "\n".join(lines) + "\n"


def regions_file(regions: Iterable[Region]) -> str:
    """Write `regions.csv`; population, aliases and places are left for a person."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for region in regions:
        population = "" if region.population is None else str(region.population)
        writer.writerow([region.id, region.name, region.level.value, population, ";".join(region.aliases), ""])
    return out.getvalue()


def calendar_file(first_year: int, last_year: int) -> str:
    """Write `calendar.yaml` for whole years, from the public holidays known here."""
    lines = [
        "# 节假日与调休上班日，依据国务院办公厅每年公布的安排。",
        "# announced: false的年份只按周末计算，公布后请补充。",
        f"first: {first_year}-01-01",
        f"last: {last_year}-12-31",
        "years:",
    ]
    for year in range(first_year, last_year + 1):
        lines.append(f"  - year: {year}")
        if year not in KNOWN_YEARS:
            lines.append("    announced: false  # 本软件没有这一年的节假日安排")
            continue
        lines += ["    announced: true", "    holidays:"]
        festivals: dict[str, list[date]] = {}
        for day in sorted(day for day in _HOLIDAYS if day.year == year):
            festivals.setdefault(_FESTIVALS.get(_HOLIDAYS[day], _HOLIDAYS[day]), []).append(day)
        lines += [f"      {scalar(name)}: [{', '.join(map(str, days))}]" for name, days in festivals.items()]
        worked = sorted(day for day in _WORKDAYS if day.year == year)
        lines.append(f"    makeup_days: [{', '.join(map(str, worked))}]")
    return "\n".join(lines) + "\n"


def limits_file(table: LimitTable) -> str:
    """Write `limits.yaml` after the example's table, each line marked as an example."""
    lines = ["# 办理时限，全部为示例，请换成本市办法的规定。", "source: example", "limits:"]
    for limit in table.limits:
        type_ = "" if limit.type is None else f", type: {limit.type.value}"
        urgency = "" if limit.urgency is None else f", urgency: {limit.urgency.value}"
        source = limit.source if limit.source.startswith("example") else f"example: {limit.source}"
        amount = f"amount: {limit.amount}, unit: {limit.unit.value}"
        lines.append(f"  - {{stage: {limit.stage.value}{type_}{urgency}, {amount}, source: {scalar(source)}}}")
    lines.append("pausing:" if table.pausing else "pausing: []")
    lines += [f"  - {{from: {start.value}, to: {end.value}}}" for start, end in table.pausing]
    return "\n".join(lines) + "\n"


def weights_file(weights: Mapping[str, Weight]) -> str:
    """Write `weights.yaml` after the example's weights, each reason marked as an example."""
    lines = ["# 权重与阈值，全部为示例值，请按本市情况调整并写明理由。"]
    for name, weight in weights.items():
        value = int(weight.value) if weight.value == int(weight.value) else weight.value
        reason = weight.reason if weight.reason.startswith("example") else f"example: {weight.reason}"
        lines += [f"{name}:", f"  value: {value}", f"  reason: {scalar(reason)}"]
    return "\n".join(lines) + "\n"


def _flow(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(scalar, texts))}]"
