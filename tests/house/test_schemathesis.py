"""Thousands of valid and invalid requests: every answer matches the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

import numpy as np
import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from knox.models import AuthToken
from rest_framework import serializers
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.serialization import Binary

from astral.http.fields import DayField, IdField, TextField, TimestampField, WholeNumberField
from astral.ids import encode
from astral.wsgi import application
from athletes.models import ApiKey, Group, Invitation, Organization
from athletes.roles import Role
from coaching.models import Absence, CalendarChange, CalendarSession, Plan, PlanInstance, PlanSession, Race
from metrics.activities import streams
from metrics.files.xml.writer import encode_gpx
from metrics.models import HealthDay, Streams
from metrics.recording import Recording, Samples, Totals
from tests.support.cast import NOON, PASSWORD, create_member, create_person, create_run
from tests.support.error_shape import assert_sentence

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ADA, RUN = UUID("01970000-0000-7000-8000-000000000001"), UUID("01970000-0000-7000-8000-000000000002")
# Prefixes of ids by kind. All rows have the id of Ada's run.
CLUB = {"org": "org", "group": "grp", "key": "key", "invitation": "inv"}
PLANNED = {
    "race": "race", "absence": "abs", "plan": "plan", "plan_instance": "pi", "session": "ses",
    "change": "chg",
}  # fmt: skip
SECONDS = np.arange(60.0)
HILL = Samples(SECONDS, SECONDS * 3, 50 + SECONDS * 3e-5, 8 + SECONDS * 0, *([SECONDS + 100] * 5))
RECORDING = Recording("run", NOON - timedelta(days=2), Totals(duration_s=59, elapsed_s=59), HILL)


class AnyFile(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> Any:
        return data


# Existing values by parameter name. Generated ids match no row, and generated times are rarely a valid range.
EXISTING_VALUES: dict[str, tuple[serializers.Field[Any, Any, Any, Any], Any]] = {
    "user_id": (IdField("usr"), encode("usr", ADA)),
    "activity_id": (IdField("act"), encode("act", RUN)),
    **{f"{kind}_id": (IdField(prefix), encode(prefix, RUN)) for kind, prefix in (CLUB | PLANNED).items()},
    "from_timestamp": (TimestampField(), int((NOON - timedelta(days=30)).timestamp())),
    "to_timestamp": (TimestampField(), int(NOON.timestamp()) + 1),
    "start_date": (DayField(), "2026-06-01"),
    "end_date": (DayField(), "2026-06-30"),
    "from": (DayField(), "2026-06-08"),
    "to": (DayField(), "2026-06-15"),
    "version": (WholeNumberField(), 1),
    "email": (TextField(), "ada@example.test"),
    "password": (TextField(), PASSWORD),
    "file": (AnyFile(), Binary(encode_gpx(RECORDING))),
}
# The same requests on every run: only a change can cause a failure.
CONFIG = SchemathesisConfig.from_dict({"generation": {"deterministic": True, "max-examples": 4}})
API = schemathesis.openapi.from_wsgi("/api/schema", application, config=CONFIG)


def use_existing_values(generated: Any) -> Any:
    """Replace valid generated values by existing ones, in three of four requests. Keep invalid values."""
    if not isinstance(generated, dict) or crc32(repr(generated).encode(errors="replace")) % 4 == 0:
        return generated
    return {name: _choose_value(name, value) for name, value in generated.items()}


def _choose_value(name: str, value: Any) -> Any:
    if name not in EXISTING_VALUES:
        return value
    field, existing = EXISTING_VALUES[name]
    try:
        field.run_validation(value)
    except serializers.ValidationError:
        return value
    return existing


@pytest.fixture(scope="module")
def one_connection(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep the connection open between requests, because it has the transaction of the whole module."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def token(one_connection: None) -> Iterator[str]:
    """The token of Ada, who has a row of every kind."""
    with time_machine.travel(NOON + timedelta(hours=1)):
        ada = create_person("ada", "Europe/Madrid", id=ADA)
        ada.set_password(PASSWORD)
        ada.save()
        activity = create_run(ada, id=RUN, avg_hr_bpm=150.0)
        club, later = Organization.objects.create(id=RUN, name="Harbour Runners"), NOON + timedelta(days=99)
        create_member(ada, club, Role.HEAD_COACH)
        Group.objects.create(id=RUN, organization=club, name="Milers")
        ApiKey.objects.create(
            id=RUN, organization=club, name="x", digest="x", scopes=["read"], expires_at=later
        )
        Invitation.objects.create(id=RUN, organization=club, digest="x", expires_at=later)
        Streams.objects.create(activity=activity, athlete=ada.athlete, content=streams.encode(HILL))
        HealthDay.objects.create(athlete=ada.athlete, date=NOON.date(), source="manual", hrv_rmssd_ms=60.0)
        plan = Plan.objects.create(id=RUN, organization=club, name="Mile", total_weeks=2)
        PlanSession.objects.create(id=RUN, plan=plan, week=1, weekday=1, duration_s=3600)
        instance = PlanInstance.objects.create(id=RUN, athlete=ada.athlete, plan=plan, start_date=NOON.date())
        CalendarSession.objects.create(
            id=RUN,
            athlete=ada.athlete,
            day=NOON.date(),
            duration_s=3600,
            instance=instance,
            organization=club,
        )
        CalendarChange.objects.create(id=RUN, athlete=ada.athlete, kind="shift", made_at=NOON)
        Race.objects.create(id=RUN, athlete=ada.athlete, name="Mile", date=NOON.date(), distance_m=1609)
        Absence.objects.create(id=RUN, athlete=ada.athlete, kind="ill", first_day=NOON.date())
        yield AuthToken.objects.create(ada)[1]


@pytest.mark.django_db
@API.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_match_the_documentation(case: schemathesis.Case[Any], token: str) -> None:
    parts = (case.path_parameters, case.query, case.body)
    case.path_parameters, case.query, case.body = map(use_existing_values, parts)
    with transaction.atomic():
        answer = case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)
    if answer.status_code >= 400:
        assert_sentence(answer.json()["error"])
        assert answer.json()["details"]["code"]
