"""What an assessor does around an assessment: begin a folder, draw samples, exchange the answers, sign, pass on."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from suqiu import standards
from suqiu.assessed import result_of
from suqiu.assessment import bundle, templates
from suqiu.assessment import centre as centres
from suqiu.assessment.exchange import oscal, workbook
from suqiu.assessment.exchange.workbook import AnswerRow
from suqiu.assessment.forms import FORMS, Form
from suqiu.assessment.run import needs_of
from suqiu.collected import form_sheets
from suqiu.config import Settings
from suqiu.domain.errors import Conflict, InvalidInput, NotFound
from suqiu.domain.text import Language, Text
from suqiu.lake import replacing
from suqiu.notice import Notice
from suqiu.rechecked import draw
from suqiu.standard.catalogue import Catalogue, Origin, ProbeUse
from suqiu.standard.profiles import applicable

SHEET = workbook.FILE
TARGETS = "自设目标值.yaml"
#: Where the answers stand once they have been read in.
ANSWERS = Path(templates.FOLDER) / "answers.csv"


@dataclass(frozen=True, slots=True)
class SampleWish:
    """What sample is wanted 抽样要求.

    Attributes:
        subject: id of an indicator or gate whose claim is to be re-checked, or the name of a form.
        column: what to look at again; None is all columns of the form that may be checked.
        half_width, expected, seed: see `assessment.recheck`.
        standard: whose indicator it is.
    """

    subject: str
    column: str | None
    half_width: float
    expected: float
    seed: str
    standard: str


@dataclass(frozen=True, slots=True)
class SheetWish:
    """Which spreadsheet is wanted.

    Attributes:
        standard, profile: whose questions; profile None goes by centre.yaml.
        result: a bundle, for the findings as they stand; None leaves that column empty.
    """

    standard: str
    profile: str | None
    result: Path | None


def start(folder: Path, standard: str, profile: str, settings: Settings, language: Language) -> list[Notice]:
    """Make a centre's folder: centre.yaml, a workbook for each form, the assessor's spreadsheet, targets to be set.

    Raises:
        Conflict: something of it is there already; nothing is written then.
        SuqiuError: there is no such standard or profile.
    """
    catalogue = standards.load(standard, settings)
    sheet = workbook.write(catalogue, profile, {}, {}, language)
    for name in (SHEET, TARGETS):
        if (folder / name).exists():
            raise Conflict(
                "assess.exists",
                Text("“{path}”已存在，不会覆盖", "{path} is there already").fill(path=folder / name),
                Text("请换一个目录", "choose another folder"),
            )
    files = templates.write(folder)
    (folder / SHEET).write_bytes(sheet)
    (folder / TARGETS).write_text(_open_targets(catalogue, profile), "utf-8")
    return [
        Notice(Text("目录", "folder"), Text(str(folder), str(folder))),
        Notice(Text("填报表", "forms"), Text(f"{len(files) - 2}张", str(len(files) - 2))),
        Notice(Text("先看", "read first"), Text(str(folder / "README.md"), str(folder / "README.md"))),
        Notice(Text("评判表", "assessor's spreadsheet"), Text(str(folder / SHEET), str(folder / SHEET))),
        Notice(Text("自设目标值", "targets to be set"), Text(str(folder / TARGETS), str(folder / TARGETS))),
    ]


def make_key(file: Path) -> list[Notice]:
    """Make a signing key.

    Raises:
        Conflict: the file exists.
    """
    fingerprint = bundle.new_key(file)
    return [
        Notice(Text("私钥", "key"), Text(str(file), str(file))),
        Notice(
            Text("签名指纹", "fingerprint"),
            Text(f"{fingerprint}（可公开，供核验方比对）", f"{fingerprint} (public: whoever verifies compares it)"),
        ),
    ]


def draw_sample(centre: Path, out: Path, wish: SampleWish, settings: Settings) -> list[Notice]:
    """Draw a sample of what a centre handed in, and write the worksheet.

    Raises:
        NotFound: there is no such indicator or form, or the form was not handed in.
        InvalidInput: the claim cannot be re-checked by a sample of one form.
    """
    given = centres.load(centre)
    form, among, columns = _population(wish, settings)
    if wish.column is not None:
        columns = _column(form, wish.column)
    items = given.of(form.name)
    if not items:
        raise NotFound(
            "assess.form_missing",
            Text("没有提交填报表“{form}”", "the form {form} was not handed in").fill(form=form.title),
            Text("请核对中心材料目录", "look into the centre's folder"),
        )
    last = given.period[1] if given.period else max((item.collected or date.min for item in items), default=date.min)
    sample = draw(
        form,
        form_sheets(form, items[0]),
        out,
        columns=columns,
        among=among,
        half_width=wish.half_width,
        expected=wish.expected,
        seed=wish.seed,
        as_of=last,
    )
    counts = Text("{size}行，取自{population}行", "{size} of {population} rows")
    return [
        Notice(Text("样本", "sample"), counts.fill(size=sample.size, population=sample.population)),
        Notice(Text("核对列", "columns"), Text("、".join(columns), ", ".join(columns))),
        Notice(
            Text("复核表", "worksheet"),
            Text("{out}（含原始编号，不得外传）", "{out} (holds real numbers: keep it in the centre)").fill(out=out),
        ),
        Notice(
            Text("填好后", "then"),
            Text("放入{folder}，重新评估", "put it into {folder} and assess again").fill(folder=centre / "rechecks"),
        ),
    ]


def exchange_sheet(
    centre: Path, out: Path | None, given: Path | None, wish: SheetWish, settings: Settings, language: Language
) -> list[Notice]:
    """Write the assessor's spreadsheet with the answers so far, or read a filled one into the centre's folder.

    Raises:
        InvalidInput: neither or both are asked for, or the spreadsheet has faults.
    """
    if (out is None) == (given is None):
        raise InvalidInput(
            "assess.out_or_in",
            Text("请指定--out或--in之一", "say one of --out and --in"),
            Text("--out导出评判表，--in导入填好的评判表", "--out writes the spreadsheet, --in reads a filled one"),
        )
    if given is not None:
        rows = workbook.read(given.read_bytes(), given.name)
        _require_ours(centre)
        (centre / ANSWERS).parent.mkdir(parents=True, exist_ok=True)
        with replacing(centre / ANSWERS) as part:
            part.write_text(_as_csv(rows), "utf-8-sig")
        return [Notice(Text("已导入评判", "answers read in"), Text(f"{len(rows)}条", str(len(rows))))]
    target = out or centre / SHEET
    catalogue = standards.load(wish.standard, settings)
    profile = wish.profile or centres.load(centre).profile
    result = None if wish.result is None else result_of(wish.result)
    findings = {} if result is None else {one.subject: one for one in (*result.findings, *result.gate_findings)}
    answers = _answers(centre)
    with replacing(target) as part:
        part.write_bytes(workbook.write(catalogue, profile, answers, findings, language))
    return [Notice(Text("评判表", "spreadsheet"), Text(str(target), str(target)))]


def save_oscal(folder: Path, out: Path, settings: Settings, language: Language) -> list[Notice]:
    """Save a bundle's result as OSCAL assessment results."""
    result = result_of(folder)
    catalogue = standards.load(f"{result.standard}/{result.standard_version}", settings)
    with replacing(out) as part:
        part.write_bytes(oscal.to_oscal(result, catalogue, language))
    return [Notice(Text("OSCAL", "OSCAL"), Text(str(out), str(out)))]


def _open_targets(catalogue: Catalogue, profile: str) -> str:
    """Return the targets that nobody has published, ready to be filled in and copied into centre.yaml."""
    indicators, _ = applicable(catalogue, profile)
    lines = [
        "# 公开资料没有目标值的指标。由评估委托方（如上级主管部门）按本地情况设定后，去掉行首的#，",
        "# 复制到centre.yaml的targets下。不设定则该指标只列实得值，不作评定。",
        "# Nobody has published targets for these. Whoever orders the assessment sets them; copy into centre.yaml.",
    ]
    for one in indicators:
        if one.target.origin is Origin.USER:
            better = (
                Text("越高越好", "higher is better") if one.direction == "up" else Text("越低越好", "lower is better")
            )
            lines += [
                "",
                f"# {one.id} {one.name.zh}（{one.unit}，{better.zh}，{one.level}级）：{one.target.note.zh}",
                f"# {one.name.en} ({one.unit}, {better.en}): {one.target.note.en}",
                f"#  - {{subject: {one.id}, target: , set_by: , reason: }}",
            ]
    return "\n".join(lines) + "\n"


def _population(wish: SampleWish, settings: Settings) -> tuple[Form, Mapping[str, object], Sequence[str]]:
    """Return the form behind a claim, which of its rows are meant, and the columns that may be checked."""
    if wish.subject in FORMS:
        form, among = FORMS[wish.subject], dict[str, object]()
    else:
        catalogue = standards.load(wish.standard, settings)
        found: Mapping[str, ProbeUse | None] = {
            **{one.id: one.probe for one in catalogue.indicators},
            **{one.id: one.probe for one in catalogue.gates},
        }
        use = found.get(wish.subject)
        if use is None:
            raise NotFound(
                "assess.no_claim",
                Text(
                    "“{subject}”不是由数据计算的指标，也不是填报表",
                    "{subject} is neither computed from data nor a form",
                ).fill(subject=wish.subject),
                Text(
                    "请给出指标编号（如D2.2.1）或填报表名（如eval_labels）", "give an indicator's id or a form's name"
                ),
            )
        names = {need.form for need in needs_of(use)}
        if len(names) != 1 or not names <= FORMS.keys():
            raise InvalidInput(
                "assess.not_by_sample",
                Text(
                    "“{subject}”不是由一张填报表计算的，不能抽样复核", "{subject} does not rest on one form alone"
                ).fill(subject=wish.subject),
                Text(
                    "由工单、通话导出计算的不抽样复核；由多张表计算的，请复核其中的填报表",
                    "what comes from orders and calls is not re-checked; else name one of the forms that it reads",
                ),
            )
        form = FORMS[names.pop()]
        function = {"function": use.arguments["function"]} if "function" in use.arguments else {}
        among = {**(use.arguments.get("among") or {}), **function}
    columns = [column.name for column in form.columns if column.check]
    if not columns:
        raise InvalidInput(
            "assess.not_by_sample",
            Text("填报表“{form}”没有可核对的列", "the form {form} has no column to check").fill(form=form.title),
            Text("可核对的列见docs/reference/forms.md", "see docs/reference/forms.md"),
        )
    return form, among, columns


def _column(form: Form, name: str) -> list[str]:
    checkable = [column.name for column in form.columns if column.check]
    if name not in checkable:
        raise NotFound(
            "assess.no_column",
            Text("“{name}”不是填报表“{form}”中可核对的列", "{name} is no column of {form} that can be checked").fill(
                name=name, form=form.title
            ),
            Text("可核对的有：{all}", "there are: {all}").fill(all=", ".join(checkable)),
        )
    return [name]


def _require_ours(centre: Path) -> None:
    """Refuse to read answers in where another file of the centre's would be taken instead."""
    for item in centres.load(centre).of("answers"):
        if item.path.resolve() != (centre / ANSWERS).resolve():
            raise Conflict(
                "assess.answers_elsewhere",
                Text("评判已由“{path}”提供", "the answers come from {path}").fill(path=item.path),
                Text("请移走该文件，或在centre.yaml中删去相应条目后重试", "remove it, or its entry in centre.yaml"),
            )


def _answers(centre: Path) -> dict[str, AnswerRow]:
    """Read the answers so far as they stand, also those that could not be used."""
    given = centres.load(centre).of("answers")
    if not given:
        return {}
    form = FORMS["answers"]
    names = [field.name for field in fields(AnswerRow)]
    found = {}
    for sheet in form_sheets(form, given[0]):
        headers = {name: header for header, name in form.fits(sheet.columns).items()}
        for portion in sheet.portions():
            cells = {
                name: portion.batch.column(headers[name]).to_pylist()
                if name in headers
                else [""] * portion.batch.num_rows
                for name in names
            }
            for place in range(portion.batch.num_rows):
                row = AnswerRow(*((cells[name][place] or "").strip() for name in names))
                found[row.subject] = row
    return found


def _as_csv(rows: Sequence[AnswerRow]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in fields(AnswerRow)])
    writer.writerows(astuple(row) for row in rows)
    return out.getvalue()
