"""What can go wrong, each with a stable code, a message and a hint on how to mend it."""

from __future__ import annotations

from typing import ClassVar

from suqiu.domain.text import Text


class SuqiuError(Exception):
    """Any refusal or failure that a person should read 错误.

    Attributes:
        code: stable machine name, `area.what`, for example `intake.no_such_file`.
        message: what is wrong and where, for a person.
        hint: how to mend it.
        exit_code: what the command line exits with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: Text, hint: Text) -> None:
        super().__init__(f"{code}: {message.en} {hint.en}")
        self.code = code
        self.message = message
        self.hint = hint


class InvalidInput(SuqiuError):
    """What was given cannot be used as it is 输入有误."""

    exit_code = 2


class NotFound(SuqiuError):
    """A named thing does not exist 未找到."""

    exit_code = 3


class Conflict(SuqiuError):
    """The thing changed meanwhile, or the step is not allowed from its present state 状态冲突."""

    exit_code = 4


class NotPermitted(SuqiuError):
    """This person may not do this 无权限."""

    exit_code = 5


class Unavailable(SuqiuError):
    """Something outside that is needed does not answer 暂不可用."""

    exit_code = 6


class Defect(SuqiuError):
    """A fault of the software itself 程序缺陷."""

    exit_code = 70
