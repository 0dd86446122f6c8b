"""Tables of the doors for other systems: who may come in, what was answered, what is sent out."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ApiToken(models.Model):
    """Another system that may come in 接口令牌. The token itself is shown once and kept nowhere.

    Attributes:
        name: of the system, as history and audit name it: `api:<name>`.
        start: first characters of the token, by which people tell tokens apart.
        mark: SHA-256 of the token; it is random enough that nothing slower is needed.
        rights: what it may do: see `api.rights`.
        departments, regions, categories: on which orders, as for users; empty does not limit.
        per_minute: requests a minute; None is the installation's own limit.
        expires_at: from then on it opens nothing.
        made_by, made_at: who made it and when.
        last_used_at: to the minute; None when never.
        revoked_at: when somebody took it back; None while it holds.
    """

    name = models.CharField(max_length=40, unique=True)
    start = models.CharField(max_length=12)
    mark = models.CharField(max_length=64, unique=True)
    rights = models.JSONField(default=list)
    departments = models.JSONField(default=list, blank=True)
    regions = models.JSONField(default=list, blank=True)
    categories = models.JSONField(default=list, blank=True)
    per_minute = models.PositiveIntegerField(null=True)
    expires_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """What a write was answered, for when it is sent again 幂等应答.

    Attributes:
        token, key: whose, and the sender's own mark of the request.
        mark: SHA-256 over method, address and body: the same key with another request is refused.
        status, headers, body: the answer.
        at: when; it is kept for a day.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    mark = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        """One answer for a key."""

        constraints = (models.UniqueConstraint(fields=("token", "key"), name="one_answer_a_key"),)


class Hits(models.Model):
    """How many requests a token or an address has taken in a minute 请求计数.

    Attributes:
        bucket: `token:<id>` or `address:<address>`.
        minute: minutes since 1970.
        taken: permits taken, by all processes together.
    """

    bucket = models.CharField(max_length=60)
    minute = models.BigIntegerField(db_index=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        """One count for a minute."""

        constraints = (models.UniqueConstraint(fields=("bucket", "minute"), name="one_count_a_minute"),)


class Subscription(models.Model):
    """Another system that is told when orders change 事件订阅.

    Attributes:
        code: its name outside, random.
        token: whose; its scope says of which orders it hears.
        url: where to.
        events: kinds of steps it wants; empty wants all.
        secret: the key that signs what is sent, sealed.
        active: it is being told.
        rests_until: after a failure nothing is sent before then; None when all is well.
        made_at: when.
    """

    code = models.CharField(max_length=32, unique=True)
    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="subscriptions")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.BinaryField()
    active = models.BooleanField(default=True)
    rests_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()


class Delivery(models.Model):
    """One change on its way to one subscriber 推送记录.

    Attributes:
        code: its name outside; the same in every try, so that a receiver knows a repetition.
        subscription: to whom.
        event: kind of step, or `test`.
        number, seq: the order and the step; empty and 0 for a test.
        payload: JSON text as it is sent; personal data masked.
        state: `waiting`, `delivered`, or `dead` after the last try.
        tries: how many were made.
        next_at: when the next is due; None when there is none.
        status: the receiver's last answer; None where it gave none.
        problem: code of what went wrong last; empty for nothing.
        at, done_at: when it began and ended.
    """

    code = models.CharField(max_length=32, unique=True)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=30)
    number = models.CharField(max_length=40, blank=True)
    seq = models.PositiveIntegerField(default=0)
    payload = models.TextField()
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        """A change is announced to a subscriber once."""

        constraints = (
            models.UniqueConstraint(
                fields=("subscription", "number", "seq"), condition=~models.Q(number=""), name="one_delivery_a_step"
            ),
        )
        indexes = (models.Index(fields=("state", "next_at")), models.Index(fields=("subscription", "-id")))


class Import(models.Model):
    """A file of demands that another system handed in 批量导入.

    Attributes:
        code: its name outside, random; the files in the site's folder are called by it.
        token: whose.
        name: of the file, cleaned.
        state: `waiting`, `done`, or `failed` when the file could not be read at all.
        read, taken, refused: rows.
        problem: what is wrong with the whole file: code, message and hint in both languages; empty for nothing.
        at, done_at: when it came and when it was done.
    """

    code = models.CharField(max_length=32, unique=True)
    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="imports")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="waiting")
    read = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problem = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
