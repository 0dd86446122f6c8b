"""An OpenAI-compatible chat endpoint that can only help: bounded, checked, and never in the way.

One question is about one order and is sent alone, so nothing that an order says can reach another. Whatever goes wrong,
the caller gets an `Answer` that says so and goes on by classical means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from suqiu.models.answers import Answer, Completion, Form, Reason, Way
from suqiu.models.budget import Breaker, Budget
from suqiu.models.cache import Cache, key_of
from suqiu.models.connection import Connection, Late, Reply, Unreachable, post
from suqiu.models.guarding import Guard, Guarded, Redacted, shipped_guard
from suqiu.models.limits import Limits, shipped_limits
from suqiu.models.prompting import Prompt

F = TypeVar("F", bound=Form)

_TOO_MANY, _SERVER_FAILS, _GOOD = 429, 500, 200


@dataclass(frozen=True, slots=True)
class Question(Generic[F]):
    """What is asked about one order 提问.

    Attributes:
        prompt: filled with its labels.
        texts: one for each part of the prompt, redacted.
        form: what an answer must be.
        labels: by id, the words that name it; an answer may name no other.
        ids: of each label as it is shown, its id: models know names better than numbers.
    """

    prompt: Prompt
    texts: tuple[Redacted, ...]
    form: type[F]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


class _Fallback(Exception):
    """There is no answer, for this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Endpoint:
    """Asks a language model, within one run's budget 模型服务.

    Attributes:
        budget: what the run has spent so far.
    """

    def __init__(self, to: Connection | None, limits: Limits | None = None, guard: Guard | None = None) -> None:
        """Make ready; nothing is sent.

        Args:
            to: None when there is no endpoint: every answer is then a fallback.
            limits: those that ship, unless given.
            guard: the one that ships, unless given.
        """
        self._to = to
        self._limits = limits or shipped_limits()
        self._guard = guard or shipped_guard()
        self._cache = Cache(to.cache if to else None)
        self._breaker = Breaker(self._limits)
        self.budget = Budget(to or Connection("http://absent", "", calls=0))

    def ask(self, question: Question[F]) -> Answer[F]:
        """Ask one question; never raises for what the endpoint does."""
        started = monotonic()
        prompt = question.prompt
        raw, most = self._limits.raw_characters, prompt.text_characters
        texts = [self._guard.prepare(text, raw=raw, most=most) for text in question.texts]
        value: F | None = None
        reason: Reason | None = None
        try:
            value, way = self._answered(question, texts)
        except _Fallback as fallback:
            way, reason = Way.FALLBACK, fallback.reason
        return Answer(
            value=value,
            way=way,
            reason=reason,
            author=f"{self._to.model if self._to else 'none'} {prompt.id}/{prompt.version}",
            masked=sum(text.masked for text in texts),
            withheld=sum(len(text.withheld) for text in texts),
            seconds=monotonic() - started,
        )

    def ask_all(self, questions: Sequence[Question[F]]) -> list[Answer[F]]:
        """Ask many questions, several at a time; answers come in the order of the questions.

        The same question asked twice in a batch is sent once.
        """
        keys = [key_of(q.prompt.id, q.prompt.told, q.form.__name__, *q.texts) for q in questions]
        first = {key: number for number, key in reversed(list(enumerate(keys)))}
        asked = sorted(first.values())
        if self._to is None or len(asked) < 2 or self._to.workers < 2:
            answers = [self.ask(questions[number]) for number in asked]
        else:
            with ThreadPoolExecutor(self._to.workers, thread_name_prefix="suqiu-llm") as pool:
                answers = list(pool.map(self.ask, [questions[number] for number in asked]))
        by_number = dict(zip(asked, answers, strict=True))
        return [by_number[first[key]] for key in keys]

    def _answered(self, question: Question[F], texts: list[Guarded]) -> tuple[F, Way]:
        """Return the answer and the way it came.

        Raises:
            _Fallback: there is none.
        """
        if self._to is None:
            raise _Fallback(Reason.ABSENT)
        if any(text.empty for text in texts):
            raise _Fallback(Reason.SUSPICIOUS)
        prompt, to = question.prompt, self._to
        system = self._guard.system(prompt)
        asked = self._guard.wrapped(prompt.parts, texts)
        withheld = [text.withheld for text in texts]  # the check depends on it
        form = [to.answer_format, prompt.answer]
        key = key_of(to.model, prompt.id, prompt.version, form, system, asked, withheld)
        kept = self._cache.read(key)
        if kept is not None:
            try:
                return self._judged(question, texts, kept), Way.CACHE
            except _Fallback:
                pass  # the city or the checks have changed: ask anew
        said = self._said(to, self._request(to, prompt, system, asked))
        value = self._judged(question, texts, said)
        self._cache.write(key, said, {"model": to.model, "prompt": f"{prompt.id}/{prompt.version}"})
        return value, Way.ENDPOINT

    def _request(self, to: Connection, prompt: Prompt, system: str, asked: str) -> bytes:
        sent: dict[str, Any] = {
            "model": to.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": asked}],
            "temperature": 0,
            "max_tokens": prompt.answer_tokens,
            "stream": False,
        }
        if to.answer_format == "schema":
            named = {"name": prompt.id, "strict": True, "schema": prompt.answer}
            sent["response_format"] = {"type": "json_schema", "json_schema": named}
        elif to.answer_format == "object":
            sent["response_format"] = {"type": "json_object"}
        return json.dumps(sent).encode()

    def _said(self, to: Connection, request: bytes) -> str:
        """Send a request, again where that may help, and return what the model says.

        Raises:
            _Fallback: nothing usable came.
        """
        completion = self._completion(to, request)
        said = completion.said
        if completion.declined or (not said.startswith("{") and self._guard.refuses(said)):
            raise _Fallback(Reason.REFUSED)
        if completion.choices[0].finish_reason == "length":
            raise _Fallback(Reason.INVALID)
        return said

    def _completion(self, to: Connection, request: bytes) -> Completion:
        deadline = monotonic() + to.seconds
        wait = self._limits.backoff_seconds
        for attempt in range(1, self._limits.attempts + 1):
            if not self._breaker.lets_through():
                raise _Fallback(Reason.PAUSED)
            if not self.budget.take_call():
                raise _Fallback(Reason.BUDGET)
            reply = self._posted(to, request, deadline)
            if reply.status == _GOOD:
                return self._read(reply)
            busy = reply.status == _TOO_MANY or reply.status >= _SERVER_FAILS
            self._breaker.tell(worked=False)
            if not busy:
                raise _Fallback(Reason.DENIED)
            pause = max(wait, reply.retry_after or 0)
            too_long = pause > self._limits.longest_wait_seconds or monotonic() + pause >= deadline
            if attempt == self._limits.attempts or too_long:
                break
            sleep(pause)
            wait *= 2
        raise _Fallback(Reason.UNREACHABLE)

    def _posted(self, to: Connection, request: bytes, deadline: float) -> Reply:
        started = monotonic()
        try:
            return post(to, request, deadline, self._limits)
        except Late:
            self._breaker.tell(worked=False)
            raise _Fallback(Reason.TIMEOUT) from None
        except Unreachable:
            self._breaker.tell(worked=False)
            raise _Fallback(Reason.UNREACHABLE) from None
        finally:
            self.budget.spend(tokens=0, seconds=monotonic() - started)

    def _read(self, reply: Reply) -> Completion:
        try:
            completion = Completion.model_validate_json(reply.body)
        except ValidationError:
            self._breaker.tell(worked=False)  # something else listens there: a log-in page, a proxy
            raise _Fallback(Reason.INVALID) from None
        self._breaker.tell(worked=True)
        self.budget.spend(tokens=completion.usage.total_tokens if completion.usage else 0, seconds=0)
        return completion

    def _judged(self, question: Question[F], texts: list[Guarded], said: str) -> F:
        """Validate what a model says and look for signs that somebody steers it.

        Raises:
            _Fallback: it cannot be used.
        """
        try:
            value = question.form.model_validate_json(said, context={"ids": question.ids})
        except ValidationError:
            raise _Fallback(Reason.INVALID) from None
        written = value.written()
        if question.prompt.placeholders.intersection(written):
            raise _Fallback(Reason.INVALID)
        if any(self._guard.refuses(words) for words in written):
            raise _Fallback(Reason.REFUSED)
        task, grounded = question.prompt.task, value.grounded
        strays = any(self._guard.strays(words, task, texts, grounded=grounded) for words in written)
        if strays or any(self._guard.echoes(label, question.labels.get(label, ()), texts) for label in value.chosen()):
            raise _Fallback(Reason.SUSPICIOUS)
        return value
