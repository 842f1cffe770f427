"""Notice: what a person is told, in the inbox and by e-mail. NoticeSwitch: which kinds come by e-mail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from astral.ids import PublicIdModel, new_id
from athletes.models.organizations import Membership, Organization
from athletes.models.people import Athlete, User
from athletes.rights import READ, Category
from athletes.roles import COACHING_ROLES


class NoticeKind(models.TextChoices):
    """What a notice is about. Each can be switched off for e-mail."""

    DIGEST = "digest", "The week of your club, each Monday"
    SIGNAL = "signal", "An urgent signal of an athlete"
    COMMENT = "comment", "A comment"
    CALENDAR_CHANGE = "calendar_change", "A coach changed your plan or a session"
    IMPORT = "import", "An import has ended"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def readable_by(self, person_id: UUID) -> NoticeQuerySet:
        """A person's notices, without those that are withheld now.

        About oneself; about athletes whom the person coaches today and who share all categories of the
        notice; about clubs where the person coaches today.
        """
        person = User(pk=person_id)
        coached = Membership.objects.supervised_by(person, READ, None).filter(user=OuterRef("athlete_id"))
        shared = Q(Exists(coached))
        for category in Category:
            sharing = Membership.objects.supervised_by(person, READ, category)
            is_shared = Q(Exists(sharing.filter(user=OuterRef("athlete_id"))))
            shared &= ~Q(categories__contains=[category.value]) | is_shared
        clubs = Organization.objects.coached_by(person, COACHING_ROLES).filter(pk=OuterRef("organization_id"))
        about_club = Q(athlete=None) & (Q(organization=None) | Q(Exists(clubs)))
        return self.filter(Q(athlete=person_id) | about_club | shared, recipient=person_id)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def with_due_mail(self, now: datetime) -> NoticeQuerySet:
        """To be sent, or of a worker that claimed it and died."""
        return self.filter(mail_state__in=Notice.OPEN_MAIL_STATES, mail_due_at__lte=now)


class Notice(PublicIdModel):
    """One person is told of one thing, once. It has no words: they are made for the reader, when it is read.

    `subject_id`: what it is about; of a digest, an id made of the club and the Monday. `categories`: what the
    athlete must share with the reader's club.
    """

    class MailState(models.TextChoices):
        NONE = "", "no e-mail"
        WAITING = "waiting"
        SENDING = "sending"  # a worker has claimed it, until `mail_due_at`
        SENT = "sent"
        OMITTED = "omitted"  # it was read, switched off or withheld, or the address is not verified
        PARKED = "parked"  # tried too often; staff can send it again

    prefix: ClassVar[str] = "ntc"
    OPEN_MAIL_STATES: ClassVar = (MailState.WAITING, MailState.SENDING)

    recipient = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    athlete = models.ForeignKey(Athlete, models.CASCADE, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+")
    subject_id = models.UUIDField()
    day = models.DateField(null=True, help_text="The Monday of a digest: it tells of the week before.")
    categories = ArrayField(models.CharField(max_length=16, choices=Category.choices), default=list)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    mail_state = models.CharField(max_length=8, choices=MailState.choices, blank=True, default=MailState.NONE)
    mail_due_at = models.DateTimeField(null=True, help_text="The next try, at the earliest.")
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=40, blank=True, help_text="Why the last try failed.")
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "kind", "subject_id"], name="one_notice_each"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-created_at"], name="notices_of_a_person"),
            models.Index(fields=["recipient"], name="unread_notices", condition=Q(read_at=None)),
            models.Index(
                fields=["mail_due_at"],
                name="notices_to_mail",
                condition=Q(mail_state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["read_at"], name="read_notices", condition=Q(read_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.created_at:%Y-%m-%d %H:%M}"


class NoticeSwitch(models.Model):
    """Whether notices of one kind also come by e-mail. Without a row, they do."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="notice_switches", db_index=False)
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    by_mail = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_notice_switch_each"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'by e-mail' if self.by_mail else 'inbox only'}"
