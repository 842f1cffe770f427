"""User (the account) and Athlete (its training side). Every user has an athlete, because coaches run too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models, transaction
from knox.models import AuthToken

from astral.http.fields import list_zone_names
from astral.http.plain_text import is_plain_name, is_plain_text
from astral.ids import PublicIdModel
from athletes.models.querysets import AthleteQuerySet, UserManager
from athletes.rights import Acting, CacheScope
from athletes.roles import Role, Status
from athletes.search import build_search_key


def validate_zone(name: str) -> None:
    if name not in list_zone_names():
        raise ValidationError("Use an IANA time zone name, such as Europe/Madrid.", code="invalid")


def validate_plain(text: str) -> None:
    """For names: every character can be seen."""
    if not is_plain_name(text):
        raise ValidationError(
            "Use plain text without control characters and invisible ones.", code="not_plain"
        )


def validate_free_text(text: str) -> None:
    """For long texts, in which languages need invisible characters."""
    if not is_plain_text(text):
        raise ValidationError("Use plain text without control characters.", code="not_plain")


class User(AbstractBaseUser, PermissionsMixin, PublicIdModel):
    """An account, which signs in by e-mail address."""

    prefix: ClassVar[str] = "usr"

    email = models.EmailField("e-mail address", unique=True, help_text="For sign-in; stored in lower case.")
    username = models.CharField(max_length=60, unique=True, validators=[validate_plain])
    display_name = models.CharField(max_length=120, blank=True, validators=[validate_plain])
    profile_image_url = models.URLField(blank=True)
    is_active = models.BooleanField(default=True, help_text="Inactive accounts cannot sign in.")
    is_staff = models.BooleanField(
        "staff", default=False, help_text="May use the admin pages and see all athletes."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    search_key = models.CharField(max_length=500, editable=False)

    # When they closed the checklist of a new club, or had nothing left to do.
    setup_closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Set in the requests of a session in which staff act as this user; no column.
    acting: Acting | None = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["email"]
        indexes: ClassVar = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="user_search_key_trigrams"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def fill_derived_fields(self) -> User:
        """Fill in columns derived from others. bulk_create() needs this call, because it skips save()."""
        self.email = self.email.strip().lower()
        self.username = self.username or f"{self.email.partition('@')[0][:40]}-{self.id.hex[-8:]}"
        self.search_key = build_search_key(self.username, self.email, self.display_name)[:500]
        return self

    def save(self, *args: Any, **kwargs: Any) -> None:
        new = self._state.adding
        self.fill_derived_fields()
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "search_key"}
        # Django sets _password in set_password(), but not when it only upgrades the hash.
        new_password = getattr(self, "_password", None) is not None
        with transaction.atomic():
            super().save(*args, **kwargs)
            if new_password and not new:
                AuthToken.objects.filter(user=self).delete()  # a new password also ends all API tokens
            if new:
                Athlete.objects.get_or_create(user=self)

    @property
    def cache_scope(self) -> CacheScope:
        return CacheScope(
            user_id=self.pk,
            data_version=self.athlete.data_version,
            is_staff=self.is_staff,
            is_acted=self.acting is not None,
        )

    @property
    def query_id(self) -> UUID:
        return self.pk

    @property
    def log_identity(self) -> tuple[str, UUID | None, UUID | None]:
        if self.acting is not None:
            return ("staff", self.acting.staff.pk, None)
        return ("staff" if self.is_staff else "person", self.pk, None)

    def with_query_id(self, identifier: UUID) -> User:
        return User(pk=identifier)

    def has_scope(self, scope: str | None) -> bool:
        """Always true: scopes limit API keys only."""
        return True

    def organization_ids(self, roles: frozenset[Role]) -> models.QuerySet[Any, UUID]:
        """The ids of the organizations where this user actively has one of these roles."""
        active = self.memberships.filter(status=Status.ACTIVE, role__in=sorted(roles))
        return active.values_list("organization", flat=True)

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with `session_epoch`; either change ends all browser sessions."""
        return f"{super().get_session_auth_hash()}{self.session_epoch}"


class Athlete(models.Model):
    """The training side of a user: time zone, units and the version of their data.

    `data_version` rises in every transaction that changes the athlete's data. Cache keys contain it, so a
    cached answer is never older than the data.
    """

    class Units(models.TextChoices):
        METRIC = "metric", "kilometres"
        IMPERIAL = "imperial", "miles"

    class Sex(models.TextChoices):
        FEMALE = "female"
        MALE = "male"

    class PrivacyRadius(models.IntegerChoices):
        NONE = 0, "Show all of it"
        M_100 = 100, "Hide 100 m"
        M_200 = 200, "Hide 200 m"
        M_500 = 500, "Hide 500 m"
        M_1000 = 1000, "Hide 1 km"

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="athlete")
    timezone = models.CharField("time zone", max_length=64, default="UTC", validators=[validate_zone])
    timezone_confirmed = models.BooleanField(
        default=False, help_text="Chosen by a person; false for the default."
    )
    unit_system = models.CharField(max_length=8, choices=Units.choices, default=Units.METRIC)
    units_confirmed = models.BooleanField(
        default=False, help_text="Chosen by a person; false for the default."
    )
    sex = models.CharField(max_length=8, choices=Sex.choices, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    privacy_radius_m = models.PositiveSmallIntegerField(
        choices=PrivacyRadius.choices,
        default=PrivacyRadius.M_200,
        db_default=PrivacyRadius.M_200,
        help_text="Others see no position that is so near to the start or the end of an activity.",
    )
    data_version = models.BigIntegerField(default=0, editable=False)

    objects = AthleteQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.user)

    @property
    def public_id(self) -> str:
        return User(id=self.pk).public_id

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def local_date(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()
