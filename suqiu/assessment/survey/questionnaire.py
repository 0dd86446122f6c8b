"""What is asked of whom: a questionnaire, read from its file and checked as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from suqiu.assessment.forms import FORMS
from suqiu.datafiles.file_fault import FaultLog, FileFault, nearest
from suqiu.datafiles.located_yaml import Entry, read_mapping
from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text

#: The columns that every survey has, before those of strata and questions.
RESPONDENT, CENTRE, GROUP, ANSWERED_ON = "respondent_id", "centre", "group", "answered_on"
#: The ends of a scale.
LEAST_POINT, MOST_POINT = 1, 5
_FIXED = {
    RESPONDENT: (
        Text("答卷编号，不重复；只在本地使用", "number of the response, its own; stays where it is"),
        Text("编号", "number"),
    ),
    CENTRE: (Text("所在中心", "the respondent's centre"), Text("名称或编号", "name or number")),
    GROUP: (Text("答卷人类别", "who answers"), Text("", "")),
    ANSWERED_ON: (Text("填写日期", "day of answering"), Text("如2026-03-01", "such as 2026-03-01")),
}
_ID = re.compile(r"[a-z][a-z0-9_]*")
_LOOK = Text("请参照标准questionnaires文件夹中的问卷", "see the questionnaires of the standard")
#: Faults that an error message names.
_NAMED = 10


class QuestionKind(StrEnum):
    """How a question is answered 题型."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose 选项.

    Attributes:
        code: as results call it.
        name: as people read it; may be written in a response instead of the code.
        alone: chosen with another it contradicts itself: “none of these”.
    """

    code: str
    name: Text
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Stratum:
    """A column that says which part of all hotlines a respondent belongs to 分层变量.

    Attributes:
        column: its header.
        title: in words.
        options: what it may hold.
    """

    column: str
    title: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question 题目.

    Attributes:
        id: its column's header.
        ask: as put to people.
        kind: how it is answered.
        required: it may not be left out by those it is put to.
        groups: codes of those it is put to.
        options: to choose from; empty for other kinds.
        least, most: ends of a scale or number; None for other kinds.
        informs: indicators that an assessor may read it beside; never evidence for them.
        feeds: the form whose rows are made from it; None for most.
    """

    id: str
    ask: Text
    kind: QuestionKind
    required: bool
    groups: tuple[str, ...]
    options: tuple[Option, ...]
    least: float | None
    most: float | None
    informs: tuple[str, ...]
    feeds: str | None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What is asked of whom 问卷.

    Attributes:
        id: its file's name.
        title, about: in words.
        groups: who answers.
        strata: by which responses are weighted.
        questions: in order.
    """

    id: str
    title: Text
    about: Text
    groups: tuple[Option, ...]
    strata: tuple[Stratum, ...]
    questions: tuple[Question, ...]

    def cuts(self) -> dict[str, tuple[Option, ...]]:
        """Return the columns by which results may be told apart, with their codes."""
        return {GROUP: self.groups, **{stratum.column: stratum.options for stratum in self.strata}}


def read_questionnaire(path: Path) -> Questionnaire:
    """Read a questionnaire.

    Raises:
        InvalidInput: it has faults; the first ten are named, with file and line.
    """
    made, faults = _read(path)
    errors = [fault for fault in faults if fault.severity == "error"]
    if made is not None and not errors:
        return made
    lines = [
        Text("{file}第{line}行：{message}（{hint}）", "{file}, line {line}: {message} ({hint})").fill(
            file=fault.file, line=fault.line or 1, message=fault.message, hint=fault.hint
        )
        for fault in errors[:_NAMED]
    ]
    head = Text("问卷有{count}处错误：\n", "the questionnaire has {count} errors:\n").fill(count=len(errors))
    raise InvalidInput(
        "survey.questionnaire",
        Text(head.zh + "\n".join(line.zh for line in lines), head.en + "\n".join(line.en for line in lines)),
        _LOOK,
    )


def check_questionnaire(path: Path) -> list[FileFault]:
    """Return every fault of a questionnaire, errors first."""
    return _read(path)[1]


def template(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the header of a table of responses."""
    strata = (stratum.column for stratum in questionnaire.strata)
    return (*_FIXED, *strata, *(question.id for question in questionnaire.questions))


def guide(questionnaire: Questionnaire) -> tuple[tuple[str, Text, Text], ...]:
    """Return for each column of the header what it is and what may be written."""
    rows = [(name, about, wanted) for name, (about, wanted) in _FIXED.items()]
    rows[list(_FIXED).index(GROUP)] = (GROUP, _FIXED[GROUP][0], _codes(questionnaire.groups))
    rows += [(one.column, one.title, _codes(one.options)) for one in questionnaire.strata]
    rows += [(one.id, one.ask, _put_to(one, questionnaire, _wanted(one))) for one in questionnaire.questions]
    return tuple(rows)


def _put_to(question: Question, questionnaire: Questionnaire, wanted: Text) -> Text:
    """Say which groups a question is put to, where not to all: others must leave it empty."""
    groups = [one.name for one in questionnaire.groups if one.code in question.groups]
    if len(groups) == len(questionnaire.groups):
        return wanted
    names = Text("、".join(one.zh for one in groups), ", ".join(one.en for one in groups))
    return Text("仅由{names}填写，其他人留空；{wanted}", "only {names}, empty for others; {wanted}").fill(
        names=names, wanted=wanted
    )


def _wanted(question: Question) -> Text:
    match question.kind:
        case QuestionKind.SINGLE:
            return Text("单选：{codes}", "one of: {codes}").fill(codes=_codes(question.options))
        case QuestionKind.MULTIPLE:
            return Text("可多选，以顿号分隔：{codes}", "any of, with ; between: {codes}").fill(
                codes=_codes(question.options)
            )
        case QuestionKind.TEXT:
            return Text("文字，不汇总、不外传", "a text; it is not passed on")
    return Text("{least:g}至{most:g}的数", "a number from {least:g} to {most:g}").fill(
        least=question.least, most=question.most
    )


def _codes(options: tuple[Option, ...]) -> Text:
    return Text(
        "、".join(f"{one.code}={one.name.zh}" for one in options),
        "; ".join(f"{one.code}={one.name.en}" for one in options),
    )


def _read(path: Path) -> tuple[Questionnaire | None, list[FileFault]]:
    faults = FaultLog(_LOOK)
    entry = read_mapping(path, path.name, faults)
    made = None if entry is None else _questionnaire(entry, path.stem)
    return made, faults.ordered()


def _questionnaire(entry: Entry, stem: str) -> Questionnaire | None:
    id_, title, about = entry.text("id"), _pair(entry, "title"), _pair(entry, "about")
    if id_ is not None and id_ != stem:
        entry.error(
            "id",
            Text("编号{id}与文件名不一致", "the id {id} is not the file's name").fill(id=id_),
            Text("请改为一致", "make them the same"),
        )
    groups = _options(entry, "groups")
    seen = list(_FIXED)
    strata = tuple(_stratum(part, seen) for part in entry.entries("strata", required=False))
    questions = tuple(_question(part, groups, seen) for part in entry.entries("questions"))
    entry.finish()
    if id_ is None or title is None or about is None:
        return None
    return Questionnaire(
        id_, title, about, groups,
        tuple(one for one in strata if one is not None),
        tuple(one for one in questions if one is not None),
    )  # fmt: skip


def _stratum(entry: Entry, seen: list[str]) -> Stratum | None:
    column, title, options = entry.text("column"), _pair(entry, "title"), _options(entry, "options")
    entry.finish()
    _named(entry, "column", column, seen)
    return None if column is None or title is None else Stratum(column, title, options)


def _question(entry: Entry, groups: tuple[Option, ...], seen: list[str]) -> Question | None:
    id_, ask, kind = entry.text("id"), _pair(entry, "ask"), entry.choice("kind", QuestionKind)
    required, feeds, informs = entry.truth("required"), entry.text("feeds", required=False), entry.texts("informs")
    known = [group.code for group in groups]
    asked = entry.texts("asks") or tuple(known)
    for group in asked:
        if group not in known:
            entry.error(
                "asks", Text("没有答卷人类别“{one}”", "no group “{one}”").fill(one=group), nearest(group, known)
            )
    options = _options(entry, "options") if kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE} else ()
    least, most = _range(entry, kind)
    entry.finish()
    _named(entry, "id", id_, seen)
    _check_feeds(entry, feeds, kind)
    if id_ is None or ask is None or kind is None or required is None:
        return None
    return Question(id_, ask, kind, required, asked, options, least, most, informs, feeds)


def _range(entry: Entry, kind: QuestionKind | None) -> tuple[float | None, float | None]:
    if kind is QuestionKind.SCALE:
        return LEAST_POINT, MOST_POINT
    if kind is not QuestionKind.NUMBER:
        return None, None
    least, most = entry.number("least", -1e12, 1e12), entry.number("most", -1e12, 1e12)
    if least is not None and most is not None and least >= most:
        entry.error(
            "most",
            Text("上限不大于下限", "the upper end is not above the lower"),
            Text("请核对least和most", "check least and most"),
        )
    return least, most


def _check_feeds(entry: Entry, feeds: str | None, kind: QuestionKind | None) -> None:
    if feeds is not None and feeds not in FORMS:
        entry.error(
            "feeds", Text("没有填报表“{form}”", "there is no form “{form}”").fill(form=feeds), nearest(feeds, [*FORMS])
        )
    elif feeds is not None and kind is not QuestionKind.SCALE:
        entry.error(
            "feeds",
            Text("只有量表题能折算成填报表的评分", "only a scale makes scores of a form"),
            Text("请改为scale，或删去feeds", "make it a scale, or delete feeds"),
        )


def _named(entry: Entry, key: str, name: str | None, seen: list[str]) -> None:
    if name is None:
        return
    if not _ID.fullmatch(name):
        entry.error(
            key,
            Text("“{name}”不能作列名", "“{name}” is no name of a column").fill(name=name),
            Text("请用小写字母、数字和下划线", "use small letters, digits and underscores"),
        )
    elif name in seen:
        entry.error(
            key,
            Text("列名“{name}”重复", "the column “{name}” repeats").fill(name=name),
            Text("请改用新的名称", "give it a name of its own"),
        )
    seen.append(name)


def _options(entry: Entry, key: str) -> tuple[Option, ...]:
    options, seen = list[Option](), set[str]()
    for part in entry.entries(key):
        code, zh, en = part.text("code"), part.text("zh"), part.text("en")
        alone = bool(part.plain("alone"))
        part.finish()
        if code is None or zh is None or en is None:
            continue
        names = {code.lower(), zh.lower(), en.lower()}
        if names & seen:
            part.error(
                "code",
                Text("选项“{code}”与其他选项重名", "the option “{code}” has a name of another").fill(code=code),
                Text("编号和名称均不得重复", "codes and names must all differ"),
            )
        seen |= names
        options.append(Option(code, Text(zh, en), alone))
    return tuple(options)


def _pair(entry: Entry, key: str) -> Text | None:
    part = entry.entry(key)
    if part is None:
        entry.error(
            key,
            Text("缺少“{key}”", "“{key}” is missing").fill(key=key),
            Text("请写出中文和英文", "write it in Chinese and in English"),
        )
        return None
    zh, en = part.text("zh"), part.text("en")
    part.finish()
    return None if zh is None or en is None else Text(zh, en)
