"""Orders at work. History is appended in `Step`; every other column that a step may change is derived from it.

Codes are those of `suqiu.domain.order`, ids those of the city pack. Texts are redacted: originals lie in the vault.
"""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models

from suqiu.domain.order import NAMES, Channel, OrderType, Satisfaction, Status, StepKind, Urgency


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(str(code), NAMES[code].zh) for code in kind]


class Contact(models.Model):
    """One call or message; it may hold several demands, each an order of its own 来电（来件）.

    Attributes:
        number: of the contact, unique.
        channel, at: how and when it came in.
        agent: who took it; None for what came in by itself.
        person: who called, in the vault; None where nobody knows.
        secret: the caller asked not to be named to any unit 保密.
        call_id: of the telephone system, empty where there is none.
        language: the caller's, for the call-back: `zh`, `dialect`, `en`, ….
    """

    number = models.CharField(max_length=40, unique=True)
    channel = models.CharField(max_length=20, choices=_choices(Channel))
    at = models.DateTimeField()
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="contacts")
    person = models.ForeignKey("vault.Person", models.SET_NULL, null=True, related_name="contacts")
    secret = models.BooleanField(default=False)
    call_id = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="zh")


class Order(models.Model):
    """One demand at work 工单. The columns from `status` on follow from its steps: see `orders.projection`.

    Attributes:
        number: the hotline's number.
        contact: the call it came with.
        title, text: redacted.
        channel, type, category, urgency: codes and ids; type and category empty where nobody has said.
        place: deepest region id known, empty where none: `03.05.011`.
        address: as said, redacted.
        lon, lat: WGS-84 degrees.
        object_name: whom or what it is about, redacted; may be empty.
        track_mark: keyed hash of the code by which the citizen follows it; empty where none was given.
        accepted_at: when.
        version: count of steps; who acts names the version seen, and is refused when it has moved on.
        status: where it stands.
        status_at: since when.
        department: lead unit, empty before the first dispatch and after a granted return.
        due_at: end of the clock that runs now (sign, reply or close); None where none runs.
        due_stage: which clock that is; `domain.clock.Stage`.
        sign_due_at, contact_due_at, reply_due_at, close_due_at: ends of all clocks, with extensions and pauses.
        dispatches, returns, extensions, urges, supervisions, reworks: how often.
        supervised: under supervision now.
        asked: what waits for a decision: subset of `extension`, `unreasonable`, `appeal`.
        exempt: granted as unreasonable.
        secret: the caller is kept from the unit.
        merged_into: the order that it was merged into.
        solved, satisfaction: as the caller said last.
        replied_at, closed_at: of the standing reply and closure.
        agent: who wrote it down; None for what came in by itself.
        emergency_cue: the cue that a rule saw in the text, empty for none: a person must have looked.
        key: mark of the sender's own mark: the same demand sent again is this order; None where none was given.
    """

    number = models.CharField(max_length=40, unique=True)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="orders")
    title = models.CharField(max_length=120)
    text = models.TextField()
    channel = models.CharField(max_length=20, choices=_choices(Channel))
    type = models.CharField(max_length=20, choices=_choices(OrderType), blank=True)
    category = models.CharField(max_length=40, blank=True)
    urgency = models.CharField(max_length=20, choices=_choices(Urgency), default=Urgency.NORMAL)
    place = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    object_name = models.CharField(max_length=100, blank=True)
    track_mark = models.CharField(max_length=64, blank=True, db_index=True)
    accepted_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=20, choices=_choices(Status), default=Status.ACCEPTED)
    status_at = models.DateTimeField()
    department = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True)
    due_stage = models.CharField(max_length=10, blank=True)
    sign_due_at = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    reply_due_at = models.DateTimeField(null=True)
    close_due_at = models.DateTimeField(null=True)
    dispatches = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    urges = models.PositiveSmallIntegerField(default=0)
    supervisions = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    supervised = models.BooleanField(default=False)
    asked = models.JSONField(default=list, blank=True)
    exempt = models.BooleanField(default=False)
    secret = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    solved = models.BooleanField(null=True)
    satisfaction = models.CharField(max_length=20, choices=_choices(Satisfaction), blank=True)
    replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="orders")
    emergency_cue = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=64, null=True, unique=True)

    class Meta:
        """The searches that queues make."""

        indexes = (
            models.Index(fields=("status", "due_at")),
            models.Index(fields=("department", "status", "due_at")),
            models.Index(fields=("-accepted_at",)),
            models.Index(fields=("category", "-accepted_at")),
            models.Index(fields=("place", "-accepted_at")),
            models.Index(fields=("agent", "-accepted_at")),
            models.Index(fields=("channel", "-accepted_at")),
            models.Index(
                fields=("satisfaction", "-accepted_at"), condition=~models.Q(satisfaction=""), name="orders_rated"
            ),
            models.Index(fields=("due_at", "id"), condition=models.Q(due_at__isnull=False), name="orders_clock_runs"),
            models.Index(fields=("-accepted_at",), condition=models.Q(supervised=True), name="orders_supervised"),
            models.Index(fields=("-accepted_at",), condition=models.Q(exempt=True), name="orders_exempt"),
        )

    def __str__(self) -> str:
        return self.number


class Series(models.Model):
    """The last number given out of one series 编号序列.

    Attributes:
        name: of the series: `LJ20260501`.
        last: the number given last.
    """

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField()


class Unit(models.Model):
    """A unit's part in an order: every unit that has or had it 承办单位.

    Attributes:
        role: `lead` 主办 or `assist` 协办 now; `past` once it has left.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="units")
    department = models.CharField(max_length=40)
    role = models.CharField(max_length=10)

    class Meta:
        """One line for an order and a unit."""

        constraints = (models.UniqueConstraint(fields=("order", "department"), name="one_part_a_unit"),)
        indexes = (models.Index(fields=("department", "role", "order")),)


class Step(models.Model):
    """One thing that happened 流程记录; never changed afterwards.

    Attributes:
        seq: 1 for the first; unique in an order, so two people cannot both take the next step.
        kind, at: what and when.
        actor: who, as `Actor.label`; user: the person, None for others.
        department: the unit concerned, as in `domain.order.Step`.
        reason: why, redacted.
        text: what was written: an answer, a reply, a call-back's note; redacted.
        until: new due time asked for or granted.
        parent: the order merged into.
        data: what this kind of step has of its own: see `orders.actions`.
        key: the sender's own mark of this deed; the same key again is the same deed.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="steps")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=_choices(StepKind))
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    department = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    parent = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=80, null=True)

    class Meta:
        """The order of history, and what keeps it single."""

        ordering = ("order_id", "seq")
        constraints = (
            models.UniqueConstraint(fields=("order", "seq"), name="one_step_a_place"),
            models.UniqueConstraint(fields=("order", "key"), name="one_step_a_key"),
        )
        indexes = (models.Index(fields=("kind", "at")),)


class Attachment(models.Model):
    """A file with an order: a citizen's photo, a unit's proof 附件.

    Attributes:
        code: its name outside, random.
        step: the step it came with; None until that step is taken.
        kind: `demand` (from the citizen) or `proof` (of handling).
        name: as uploaded, cleaned; media_type: as its content says; size: in bytes.
        sha256: of the content as kept; the file lies in the site's folder under this name.
        by, at: who brought it and when.
    """

    code = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey(Order, models.CASCADE, related_name="attachments")
    step = models.ForeignKey(Step, models.CASCADE, null=True, related_name="attachments")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()


class Suggestion(models.Model):
    """What a model or rule proposed for an order, and what the person made of it 智能建议留痕.

    Attributes:
        aspect: `type`, `category`, `department`, `place`, `urgency`, `title`, `duplicate`.
        value: id or code proposed; empty where the model abstained.
        confidence: 0 to 1; None where a rule speaks.
        rank: 1 for the first.
        author: model's or rule's name and version.
        reason: why: a duty's id, a precedent's number, a cue.
        final: what the person chose; None while nobody has.
        adopted: the person took this value.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="suggestions")
    aspect = models.CharField(max_length=20)
    value = models.CharField(max_length=80, blank=True)
    confidence = models.FloatField(null=True)
    rank = models.PositiveSmallIntegerField(default=1)
    author = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    final = models.CharField(max_length=80, null=True)
    adopted = models.BooleanField(default=False)
    at = models.DateTimeField()
