"""A statement compiled once finds what the queryset itself would find, for whatever it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from knox.models import AuthToken

from astral.precompiled_queries import AnyOf, PrecompiledQuery, PrecompiledRowsQuery
from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Athlete, User
from athletes.rights import Category
from tests.support.cast import ApiClient, Cast

NOBODY = UUID(int=9)


def by_digest(digest: str, now: datetime) -> Any:
    return AuthToken.objects.filter(digest=digest, expiry__gt=now).select_related("user__athlete")


def visible(viewer: UUID, athlete: UUID) -> Any:
    return Athlete.objects.visible_to(User(pk=viewer), Category.HEALTH).filter(pk=athlete)


def test_each_call_finds_its_own_row_in_one_statement(cast: Cast, django_assert_num_queries: Any):
    find = PrecompiledQuery(visible, viewer=UUID(int=1), athlete=UUID(int=2))
    people = [cast.hanna, cast.carl, cast.asha, cast.ada, cast.ben, cast.lea, cast.sam, cast.zora, cast.zoe]
    for viewer in people:
        for athlete in people:
            with django_assert_num_queries(1):
                found = find.first(viewer=viewer.pk, athlete=athlete.pk)
            assert found == visible(viewer.pk, athlete.pk).first()
            assert found is None or vars(found).keys() == vars(visible(viewer.pk, athlete.pk).first()).keys()
    assert find.first(viewer=cast.carl.pk, athlete=NOBODY) is None


def test_related_rows_come_along(cast: Cast, django_assert_num_queries: Any):
    find = PrecompiledQuery(by_digest, digest="?", now=datetime.max.replace(tzinfo=UTC))
    for user in (cast.ada, cast.ben):
        ApiClient(user)
        digest = AuthToken.objects.get(user=user).digest
        with django_assert_num_queries(1):
            token = find.first(digest=digest, now=datetime.now(UTC))
            assert token is not None
            assert (token.user, token.user.athlete.timezone) == (user, user.athlete.timezone)
            assert token.user.athlete.user is token.user
        assert not token._state.adding
        assert find.first(digest=digest, now=datetime.now(UTC) + timedelta(days=90)) is None


def withheld(viewer: Any, ids: list[UUID]) -> Any:
    rows: Any = Athlete.objects.filter(AnyOf("pk", ids)).with_withheld_categories(viewer)
    return rows.order_by("pk").values_list("pk", "withheld")


def test_rows_of_any_number_of_ids_are_one_statement(cast: Cast, django_assert_num_queries: Any):
    names = PrecompiledRowsQuery(
        lambda ids: (
            User.objects.filter(AnyOf("pk", ids)).order_by("username").values_list("username", "created_at")
        ),
        ids=[UUID(int=2)],
    )
    for people in ([], [cast.ada], [cast.ben, cast.ada, cast.zoe]):
        with django_assert_num_queries(1):
            found = names.all(ids=[user.pk for user in people])
        assert found == sorted((user.username, user.created_at) for user in people)


def test_everybody_reads_what_the_queryset_would_tell_them(cast: Cast):
    reading, ids = ViewerQuery(withheld, ids=[UUID(int=2)]), [cast.ada.pk, cast.ben.pk, cast.zoe.pk]
    cast.carl.is_active = False
    for viewer in (cast.hanna, cast.carl, cast.zora, cast.ada, cast.stella, cast.hanna):
        assert reading.rows(viewer, ids=ids) == list(withheld(viewer, ids))
    assert reading.rows(cast.hanna, ids=ids) != reading.rows(cast.zora, ids=ids)
