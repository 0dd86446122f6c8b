"""What a password must be, and how it is changed 口令策略.

The numbers follow GB/T 22239-2019 8.1.4.1 a), identity that is hard to forge, complex enough and changed regularly,
which names none itself, in the reading usual for level three: ten characters of three kinds, ninety days, none of the
last five.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from suqiu.domain.errors import InvalidInput
from suqiu.domain.text import Text
from suqiu.web.accounts import sessions
from suqiu.web.accounts.actor import Actor
from suqiu.web.accounts.models import OldPassword, SignIn, User
from suqiu.web.audit import chain
from suqiu.web.site import site

#: So many characters are enough of any kind.
LONG = 12
#: So many are enough when there are `KINDS` kinds: small and capital letters, digits, others.
SHORT = 10
KINDS = 3
#: More are not taken: hashing is slow on purpose.
LONGEST = 128
#: None of this many last passwords is taken again.
REMEMBERED = 5
#: A password is changed after this time.
GREATEST_AGE = timedelta(days=90)
#: Without letters and digits that look alike.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

RULES = (
    Text(
        f"不少于{LONG}个字符；含大小写字母、数字、符号中{KINDS}类的，不少于{SHORT}个字符",
        f"at least {LONG} characters, or {SHORT} with {KINDS} of small letters, capitals, digits and others",
    ),
    Text("不是常见口令，不与姓名、用户名、工号相近", "no common password, nothing like your names or number"),
    Text(f"不与最近{REMEMBERED}次口令相同", f"none of your last {REMEMBERED}"),
    Text(f"每{GREATEST_AGE.days}天更换一次", f"changed every {GREATEST_AGE.days} days"),
)


def faults(user: User, password: str) -> list[Text]:
    """Return what is wrong with a new password of somebody; nothing when it may be taken."""
    found = []
    if len(password) > LONGEST:
        return [Text(f"不得超过{LONGEST}个字符", f"no more than {LONGEST} characters")]
    if len(password) < (SHORT if _kinds(password) >= KINDS else LONG):
        found.append(RULES[0])
    if not _passes(CommonPasswordValidator(), password):
        found.append(Text("属于常见口令", "it is a common password"))
    if not _passes(UserAttributeSimilarityValidator(("username", "full_name", "number"), 0.6), password, user):
        found.append(Text("与姓名、用户名或工号过于相近", "it is too much like your name, user name or number"))
    if not found and _is_known(user, password):
        found.append(Text(f"与最近{REMEMBERED}次口令之一相同", f"it is one of your last {REMEMBERED} passwords"))
    return found


def _kinds(password: str) -> int:
    return sum(
        (
            any(letter.islower() for letter in password),
            any(letter.isupper() for letter in password),
            any(letter.isdecimal() for letter in password),
            any(not letter.isalnum() or letter > "\x7f" for letter in password),
        )
    )


def _passes(
    rule: CommonPasswordValidator | UserAttributeSimilarityValidator, password: str, user: User | None = None
) -> bool:
    try:
        rule.validate(password, user)
    except ValidationError:
        return False
    return True


def _is_known(user: User, password: str) -> bool:
    old = list(user.old_passwords.values_list("encoded", flat=True)[: REMEMBERED - 1]) if user.pk else []
    return any(check_password(password, encoded) for encoded in [user.password, *old] if encoded)


def is_too_old(user: User) -> bool:
    """Say whether a password's time is over; one of unknown age is."""
    return user.password_set_at is None or site().now() - user.password_set_at > GREATEST_AGE


def change(actor: Actor, user: User, old: str, new: str, again: str, *, here: SignIn | None) -> None:
    """Change one's own password; every other browser is signed out.

    Raises:
        InvalidInput: the old one is wrong, the new ones differ, or it breaks a rule.
    """
    if not user.check_password(old):
        raise InvalidInput(
            "password.wrong",
            Text("原口令不正确", "the old password is wrong"),
            Text("请重新输入；忘记时请联系系统管理员重置", "try again, or ask the system administrator for a new one"),
        )
    if new != again:
        raise InvalidInput(
            "password.differs",
            Text("两次输入的新口令不一致", "the new passwords differ"),
            Text("请重新输入", "type both again"),
        )
    wrong = faults(user, new)
    if wrong:
        raise InvalidInput(
            "password.weak",
            Text("新口令不符合要求：{what}", "the new password cannot be taken: {what}").fill(
                what=Text("；".join(one.zh for one in wrong), "; ".join(one.en for one in wrong))
            ),
            Text("请按口令规则另设一个", "choose another by the rules"),
        )
    with transaction.atomic():
        put(user, new, given=False)
        sessions.end_all(user, but=here)
        chain.record(actor, "user.password", f"user:{user.number}")


def put(user: User, password: str, *, given: bool) -> None:
    """Set a password and remember the one before; `given`: by somebody else, so it must be changed at once."""
    now = site().now()
    if user.pk and user.has_usable_password():
        OldPassword.objects.create(user=user, encoded=user.password, until=now)
        kept = user.old_passwords.values_list("pk", flat=True)[:REMEMBERED]
        user.old_passwords.exclude(pk__in=list(kept)).delete()
    user.set_password(password)
    user.must_change_password = given
    user.password_set_at = now
    # Nothing else of an account that exists: somebody may be changing its roles now.
    user.save(update_fields=["password", "must_change_password", "password_set_at"] if user.pk else None)


def one_time() -> str:
    """Return a password to be used once, easy to read out: four groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
