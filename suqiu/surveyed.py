"""A survey run: a blank form from a questionnaire, filled responses in, a table of results out."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from suqiu import intake as intakes
from suqiu import standards
from suqiu.assessment import survey
from suqiu.config import Settings
from suqiu.domain.errors import InvalidInput, NotFound
from suqiu.domain.text import Text
from suqiu.intake.source import ROW
from suqiu.lake import replacing
from suqiu.notice import Notice

_FOLDER = "questionnaires"
_NAMED = 20
#: Which columns a file of population counts has.
_COUNTS = ("column", "code", "count")


def listed(standard: str, settings: Settings) -> list[Notice]:
    """Name a standard's questionnaires."""
    folder = standards.find(standard, settings) / _FOLDER
    found = [survey.read_questionnaire(path) for path in sorted(folder.glob("*.yaml"))]
    return [Notice(Text(one.id, one.id), one.title) for one in found]


def blank(standard: str, name: str, out: Path, settings: Settings) -> list[Notice]:
    """Write a blank form: a header to fill in below, and beside it what each column may hold."""
    questionnaire = _questionnaire(standard, name, settings)
    with replacing(out) as part:
        part.write_text(_csv([survey.template(questionnaire)]), "utf-8-sig")
    guide = out.with_suffix(".guide.csv")
    lines = [(column, about.zh, about.en, may.zh, may.en) for column, about, may in survey.guide(questionnaire)]
    with replacing(guide) as part:
        part.write_text(_csv([("column", "说明", "meaning", "可填内容", "allowed"), *lines]), "utf-8-sig")
    return [
        Notice(Text("答卷表", "form"), Text(str(out), str(out))),
        Notice(Text("填写说明", "guide"), Text(str(guide), str(guide))),
    ]


def results(
    standard: str,
    name: str,
    answers: str,
    out: Path,
    *,
    population: Path | None,
    by: tuple[str, ...],
    settings: Settings,
) -> list[Notice]:
    """Check responses, weight them and write the results with their intervals.

    Args:
        standard, name: the questionnaire.
        answers: a file of responses, one row a respondent.
        out: the table of results, CSV.
        population: how many of each code there are in the population: columns column, code, count; None weighs all
            responses alike.
        by: columns to tell results apart by.
        settings: as everywhere.

    Raises:
        InvalidInput: no response counts, or the population does not fit.
        NotFound: there is no such questionnaire or column.
    """
    questionnaire = _questionnaire(standard, name, settings)
    strange = [column for column in by if column not in questionnaire.cuts()]
    if strange:
        raise NotFound(
            "survey.no_column",
            Text("问卷没有分组列“{column}”", "the questionnaire cannot be told apart by {column}").fill(
                column=strange[0]
            ),
            Text("可用的有：{all}", "there are: {all}").fill(all=", ".join(questionnaire.cuts())),
        )
    responses = survey.read_responses(questionnaire, _texts(answers))
    if not responses.table.num_rows:
        raise _nothing(responses)
    weights = survey.weigh(responses, None if population is None else _counts(population))
    found = survey.estimate(responses, weights, by)
    with replacing(out) as part:
        _write(survey.tabulated(found, questionnaire), part)
    notices = [
        Notice(
            Text("有效答卷", "responses"),
            Text("{n}份，{c}个中心", "{n} from {c} centres").fill(n=found.respondents, c=found.centres),
        ),
        Notice(Text("加权", "weighting"), Text(found.weighting, found.weighting)),
        Notice(Text("结果", "results"), Text(str(out), str(out))),
    ]
    if responses.faults:
        faults = out.with_suffix(".faults.csv")
        rows = [(str(one.row), one.column, one.message.zh, one.hint.zh) for one in responses.faults]
        with replacing(faults) as part:
            part.write_text(_csv([("行", "列", "问题", "如何改正"), *rows]), "utf-8-sig")
        notices.append(
            Notice(
                Text("问题", "faults"),
                Text("{n}处，剔除{r}份，见{path}", "{n}, {r} responses left out: {path}").fill(
                    n=len(rows), r=found.rejected, path=faults
                ),
            )
        )
    return notices


def _write(table: pa.Table, path: Path) -> None:
    """Write a table as CSV for a spreadsheet: marked as UTF-8, numbers to six places."""
    floats = {field.name for field in table.schema if pa.types.is_floating(field.type)}
    columns = {name: pc.round(table[name], 6) if name in floats else table[name] for name in table.column_names}
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        arrow_csv.write_csv(pa.table(columns), file)


def _nothing(responses: survey.Responses) -> InvalidInput:
    """Say that no response counts, and why."""
    told = responses.faults[:_NAMED] or (None,)
    lines = [
        Text("表中没有答卷", "the table has no rows")
        if one is None
        else Text("第{row}行{column}：{what}", "row {row} {column}: {what}").fill(
            row=one.row, column=one.column, what=one.message
        )
        for one in told
    ]
    return InvalidInput(
        "survey.nothing",
        Text(
            "没有一份有效答卷：" + "；".join(one.zh for one in lines),
            "no response counts: " + "; ".join(one.en for one in lines),
        ),
        Text("请按填写说明填写", "fill it in as the guide says"),
    )


def _questionnaire(standard: str, name: str, settings: Settings) -> survey.Questionnaire:
    folder = standards.find(standard, settings) / _FOLDER
    for path in (folder / f"{name}.yaml", Path(name)):
        if path.is_file():
            return survey.read_questionnaire(path)
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml")))
    raise NotFound(
        "survey.no_questionnaire",
        Text("没有问卷“{name}”", "there is no questionnaire {name}").fill(name=name),
        Text("可用的有：{known}", "there are: {known}").fill(known=known),
    )


def _texts(source: str) -> pa.Table:
    """Read a table as it stands, all columns texts."""
    tables = intakes.open_source(source).tables
    if not tables:
        return pa.table({})
    batches = [portion.batch.drop_columns([ROW]) for portion in tables[0].portions()]
    empty = pa.schema([(name, pa.string()) for name in tables[0].columns])  # a header alone is a table, too
    return pa.Table.from_batches(batches) if batches else empty.empty_table()


def _counts(path: Path) -> dict[str, dict[str, float]]:
    table = _texts(str(path))
    if not set(_COUNTS) <= set(table.column_names):
        raise InvalidInput(
            "survey.population",
            Text("总体表“{path}”应有column、code、count三列", "{path} needs the columns column, code, count").fill(
                path=path
            ),
            Text("每行写一个类别及其总体数", "one code and its count a row"),
        )
    counts: dict[str, dict[str, float]] = {}
    for row in table.select(list(_COUNTS)).to_pylist():
        try:
            counts.setdefault(row["column"], {})[row["code"]] = float(row["count"])
        except ValueError as error:
            raise InvalidInput(
                "survey.population",
                Text("总体数“{count}”不是数字", "the count {count} is no number").fill(count=row["count"]),
                Text("请改为数字", "write a number"),
            ) from error
    return counts


def _csv(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
