"""A precompiled query returns what its queryset returns, for all values."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection
from knox.models import AuthToken

import athletes
import coaching
import metrics
from astral.precompiled_queries import AmbiguousPlaceholder, AnyOf, PrecompiledQuery, PrecompiledRowsQuery
from athletes.access import permissions
from athletes.access.policy import load_policy
from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Athlete, User
from athletes.organizations.api_keys import ApiKeyUser
from athletes.rights import Category, Scope, Viewer
from coaching.models import PlanInstance, Race
from metrics.models import Activity
from tests.support.cast import ApiClient, Cast, create_run

UNKNOWN_ID = UUID(int=9)


def by_digest(digest: str, now: datetime) -> Any:
    return AuthToken.objects.filter(digest=digest, expiry__gt=now).select_related("user__athlete")


def visible(viewer: UUID, athlete: UUID) -> Any:
    return Athlete.objects.visible_to(User(pk=viewer), Category.HEALTH).filter(pk=athlete)


def test_query_finds_the_row_of_each_value_in_one_statement(cast: Cast, django_assert_num_queries: Any):
    find = PrecompiledQuery(visible, viewer=UUID(int=1), athlete=UUID(int=2))
    people = [cast.hanna, cast.carl, cast.asha, cast.ada, cast.ben, cast.lea, cast.sam, cast.zora, cast.zoe]
    for viewer in people:
        for athlete in people:
            with django_assert_num_queries(1):
                found = find.first(viewer=viewer.pk, athlete=athlete.pk)
            assert found == visible(viewer.pk, athlete.pk).first()
            assert found is None or vars(found).keys() == vars(visible(viewer.pk, athlete.pk).first()).keys()
    assert find.first(viewer=cast.carl.pk, athlete=UNKNOWN_ID) is None


def test_postgresql_plans_a_repeated_query_once(cast: Cast):
    find = PrecompiledQuery(visible, viewer=UUID(int=1), athlete=UUID(int=2))
    for viewer in (cast.hanna, cast.carl, cast.asha, cast.ben, cast.lea):
        find.first(viewer=viewer.pk, athlete=cast.ada.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        planned = [uses for statement, uses in cursor.fetchall() if "athletes_athlete" in statement]
    assert planned == [2]  # from the fourth call on


def test_query_loads_related_rows_in_the_same_statement(cast: Cast, django_assert_num_queries: Any):
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


def test_query_decodes_columns_as_its_queryset_does(cast: Cast):
    """JSON, and a related row that may be missing."""
    run = create_run(cast.ada, recorded={"elapsed_s": 3_100.5})

    def build(activity: UUID) -> Any:
        return Activity.objects.select_related("athlete", "streams").filter(pk=activity)

    for find in (PrecompiledQuery(build, activity=UUID(int=1)).first, lambda activity: build(activity).get()):
        found: Any = find(activity=run.pk)
        assert (found.recorded, found.athlete) == ({"elapsed_s": 3_100.5}, cast.ada.athlete)
        assert not hasattr(found, "streams")


def withheld(viewer: Any, ids: list[UUID]) -> Any:
    rows: Any = Athlete.objects.filter(AnyOf("pk", ids)).with_withheld_categories(viewer)
    return rows.order_by("pk").values_list("pk", "withheld")


def test_rows_query_takes_any_number_of_ids_in_one_statement(cast: Cast, django_assert_num_queries: Any):
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


def test_viewer_query_returns_the_rows_of_the_queryset_for_each_viewer(cast: Cast):
    query, ids = ViewerQuery(withheld, ids=[UUID(int=2)]), [cast.ada.pk, cast.ben.pk, cast.zoe.pk]
    cast.carl.is_active = False
    for viewer in (cast.hanna, cast.carl, cast.zora, cast.ada, cast.stella, cast.hanna):
        assert query.rows(viewer, ids=ids) == list(withheld(viewer, ids))
    assert query.rows(cast.hanna, ids=ids) != query.rows(cast.zora, ids=ids)


# --- placeholders -------------------------------------------------------------------------------------------


def all_module_queries() -> Iterator[PrecompiledQuery[Any] | PrecompiledRowsQuery]:
    """Every query at the top of a module of the three apps, also inside a tuple."""
    for app in (athletes, metrics, coaching):
        for info in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            for value in vars(importlib.import_module(info.name)).values():
                for query in value if type(value) is tuple else (value,):
                    if isinstance(query, ViewerQuery):
                        yield query.compiled
                    elif isinstance(query, PrecompiledQuery | PrecompiledRowsQuery):
                        yield query


def all_permission_queries() -> Iterator[PrecompiledQuery[Any]]:
    """The queries that `Permit` compiles for the rows of the policy table."""
    rows = {(row.right, row.category) for endpoint in load_policy().values() for row in endpoint.values()}
    builders: tuple[Any, ...] = (
        permissions._reachable_athlete,
        permissions._reachable_athlete_with_withheld_categories,
        permissions._reachable_organization,
        *(permissions._build_row_reader(model, ("athlete",)) for model in (Activity, Race, PlanInstance)),
    )
    kinds: tuple[Viewer, ...] = (User(pk=UUID(int=1)), ApiKeyUser(UUID(int=1), frozenset(Scope)))
    for kind, build, (right, category) in product(kinds, builders, rows):
        if right.allows(kind):
            yield permissions._precompile_query(kind, build, right, category)


def test_every_query_of_the_apps_has_placeholders_that_no_constant_equals(db: None):
    queries = {id(query): query for query in all_module_queries()}
    assert len(queries) >= 8
    for query in queries.values():
        sql, parameters, *_ = query._statement
        assert {parameter.name for parameter in parameters if parameter.name} == query.placeholders.keys(), (
            sql
        )


def test_every_permission_query_has_placeholders_that_no_constant_equals():
    queries = list(all_permission_queries())
    assert len(queries) >= 100
    for query in queries:
        try:
            parameters = query._statement[1]
        except EmptyResultSet:  # a right that nobody has through a membership
            continue
        assert "identifier" in {parameter.name for parameter in parameters}


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda pk: User.objects.filter(pk=pk).exclude(pk=UUID(int=2)), id="constant-first"),
        pytest.param(lambda pk: User.objects.exclude(pk=UUID(int=2)).filter(pk=pk), id="constant-last"),
        pytest.param(lambda pk: User.objects.filter(pk=UUID(int=pk.int + 1)), id="computed"),
        pytest.param(
            lambda pk: User.objects.filter(pk=pk, **({} if pk.int == 2 else {"is_staff": True})),
            id="sql-depends",
        ),
    ],
)
def test_query_refuses_a_placeholder_that_it_cannot_tell_from_its_constants(build: Any, db: None):
    with pytest.raises(AmbiguousPlaceholder):
        PrecompiledQuery(build, pk=UUID(int=2)).first(pk=UNKNOWN_ID)
    with pytest.raises(AmbiguousPlaceholder):
        PrecompiledRowsQuery(lambda pk: build(pk).values_list("pk"), pk=UUID(int=2)).all(pk=UNKNOWN_ID)


def test_query_refuses_equal_placeholders(db: None):
    query = PrecompiledQuery(visible, viewer=UUID(int=2), athlete=UUID(int=2))
    with pytest.raises(AmbiguousPlaceholder):
        query.first(viewer=UNKNOWN_ID, athlete=UNKNOWN_ID)
