"""What a language model may answer, and which way an answer came.

Every form is validated strictly: no further fields, no labels that the city does not have, no text beyond its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

#: What a model answers when no label fits.
UNCLEAR = "unclear"


class Way(StrEnum):
    """Which way an answer came 答案来源."""

    ENDPOINT = "endpoint"
    CACHE = "cache"
    FALLBACK = "fallback"


class Reason(StrEnum):
    """Why there is no answer, so that the classical way must do 未采用模型的原因."""

    ABSENT = "absent"  # no endpoint is set
    UNREACHABLE = "unreachable"  # no connection, or the server fails
    PAUSED = "paused"  # it failed several times in a row and is left alone
    DENIED = "denied"  # the server turns the question away: key, model name or size
    TIMEOUT = "timeout"
    INVALID = "invalid"  # the answer has not the asked form
    REFUSED = "refused"  # the model declines
    BUDGET = "budget"
    SUSPICIOUS = "suspicious"  # text or answer looks as if somebody steers the model


class Form(BaseModel):
    """The form of an answer 答案格式."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    #: The words must be mostly those of the text.
    grounded: ClassVar[bool] = False

    def chosen(self) -> tuple[str, ...]:
        """Ids of the labels it names."""
        return ()

    def written(self) -> tuple[str, ...]:
        """Phrases in the model's own words."""
        return ()


def _known(label: str, info: ValidationInfo) -> str:
    """Turn a label as shown to the model into its id."""
    ids = info.context["ids"] if info.context else {}
    if label not in ids:
        raise ValueError("no such label")
    return str(ids[label])


class CategoryForm(Form):
    """One category of a level 类别.

    Attributes:
        category: its id, or `unclear`.
    """

    category: str

    _city_has_it = field_validator("category")(_known)

    def chosen(self) -> tuple[str, ...]:
        """Ids of the labels it names."""
        return () if self.category == UNCLEAR else (self.category,)


class Suggestion(BaseModel):
    """A department with what speaks for it 建议承办单位.

    Attributes:
        id: the department.
        reason: in the model's words, checked as `Guard.strays` says.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str
    reason: Annotated[str, Field(min_length=1, max_length=80)]

    _city_has_it = field_validator("id")(_known)


class DepartmentForm(Form):
    """One to three departments, the likeliest first 承办单位建议."""

    departments: Annotated[list[Suggestion], Field(min_length=1, max_length=3)]

    @field_validator("departments")
    @classmethod
    def _each_once(cls, listed: list[Suggestion]) -> list[Suggestion]:
        """Keep the first of each: small models repeat themselves, which harms nobody."""
        return list({item.id: item for item in reversed(listed)}.values())[::-1]

    def chosen(self) -> tuple[str, ...]:
        """Ids of the labels it names."""
        return tuple(item.id for item in self.departments)

    def written(self) -> tuple[str, ...]:
        """Phrases in the model's own words."""
        return tuple(item.reason for item in self.departments)


class TitleForm(Form):
    """A title 标题."""

    grounded: ClassVar[bool] = True
    title: Annotated[str, Field(min_length=2, max_length=60)]

    def written(self) -> tuple[str, ...]:
        """Phrases in the model's own words."""
        return (self.title,)


class DemandsForm(Form):
    """The distinct demands 诉求事项."""

    grounded: ClassVar[bool] = True
    demands: Annotated[list[Annotated[str, Field(min_length=2, max_length=80)]], Field(min_length=1, max_length=5)]

    def written(self) -> tuple[str, ...]:
        """Phrases in the model's own words."""
        return tuple(self.demands)


class FeelingForm(Form):
    """How a caller speaks 情绪.

    Attributes:
        feeling: what is felt.
        intensity: 0 none, 1 slight, 2 clear, 3 strong.
    """

    feeling: Literal["calm", "worried", "dissatisfied", "angry", "desperate", "grateful"]
    intensity: Annotated[int, Field(ge=0, le=3)]


class ReplyForm(Form):
    """How well a reply answers 答复核对.

    Attributes:
        verdict: as in the table `REPLIES`.
        missing: what of the demand goes unanswered; empty when nothing does.
    """

    verdict: Literal["answers", "partial", "empty", "template", "evasive"]
    missing: Annotated[str, Field(max_length=80)]

    def written(self) -> tuple[str, ...]:
        """Phrases in the model's own words."""
        return (self.missing,) if self.missing else ()


F = TypeVar("F", bound=Form, covariant=True)


@dataclass(frozen=True, slots=True)
class Answer(Generic[F]):
    """What came of one question, always with the way it came 模型答案.

    Attributes:
        value: the validated answer, None when the classical way must do.
        way: endpoint, cache or fallback.
        reason: why it is a fallback, else None.
        author: model, prompt and version.
        masked: numbers that were masked here although intake should have done it.
        withheld: characters not shown to the model because they speak to a machine.
        seconds: from the question to this.
    """

    value: F | None
    way: Way
    reason: Reason | None
    author: str
    masked: int
    withheld: int
    seconds: float


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    total_tokens: int = 0


class Completion(BaseModel):
    """What a chat-completions endpoint sends back, as far as it is used 模型返回."""

    choices: Annotated[list[_Choice], Field(min_length=1)]
    usage: _Usage | None = None

    @property
    def said(self) -> str:
        """The answer without thoughts and without a fence around it; empty when there is none."""
        text = _THOUGHTS.sub("", self.choices[0].message.content or "").strip()
        fenced = _FENCE.fullmatch(text)
        return (fenced[1] if fenced else text).strip()

    @property
    def declined(self) -> bool:
        """The server itself says that the model declines."""
        first = self.choices[0]
        return bool(first.message.refusal) or first.finish_reason == "content_filter"


_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)\n?\s*```", re.DOTALL)
