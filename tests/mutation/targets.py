"""The mutated functions, and what must notice: first rows of the matrix, then tests."""

from __future__ import annotations

from dataclasses import dataclass

from athletes.rights import ANNOTATE, ARRANGE, OVERSEE, READ, RECORD

ATHLETE_CALLS = (
    "GET athlete",
    "GET activities",
    "GET activity",
    "POST plan-instances",
    "POST activities",
    "GET races",
)
ORGANIZATION_CALLS = (
    "PUT organization-group-member",
    "GET organization-members",
    "PATCH organization-member",
    "GET organization-groups",
    "GET organization",
)
PLAN_CALLS = ("GET plan-instances", "GET plan-instance", "POST plan-instances", "GET group-plans")
ACCESS_TESTS = tuple(
    f"tests/athletes/{name}.py"
    for name in (
        "access/test_defence_in_depth",
        "access/test_visibility",
        "organizations/test_consent",
        "organizations/test_api_keys",
        "accounts/test_athlete_api",
        "accounts/test_tokens",
        "organizations/test_organizations",
        "organizations/test_members",
        "organizations/test_groups",
    )
)
CACHE_KEY_TESTS = tuple(
    f"tests/astral/caching/{name}"
    for name in (
        "test_key.py::test_key_differs_when_any_field_differs",
        "test_key.py::test_cache_misses_answers_of_an_older_schema_version",
        "test_key.py::test_key_ignores_the_order_of_the_question",
        "test_key.py::test_key_begins_with_its_owner",
        "test_response.py::test_response_is_304_when_an_etag_matches",
    )
)
FRESHNESS_TESTS = ("tests/coaching/consistency/test_cache_freshness.py",)
SEPARATION_TESTS = ("tests/coaching/consistency/test_isolation.py", *FRESHNESS_TESTS)
USE_LIMIT_TESTS = ("tests/athletes/accounts/test_use_limits.py",)
STALENESS_TESTS = ("tests/metrics/statistics/test_cache_freshness.py",)
ROSTER_TESTS = (
    *SEPARATION_TESTS,
    *USE_LIMIT_TESTS,
    "tests/coaching/roster/test_api.py",
    "tests/coaching/roster/test_ranking.py",
)


@dataclass(frozen=True, slots=True)
class MutationTarget:
    """Functions of a module, endpoints of the matrix that they serve, and their tests."""

    module: str
    functions: tuple[str, ...]
    endpoints: tuple[str, ...]
    tests: tuple[str, ...]


TARGETS = (
    MutationTarget(
        "athletes.models.querysets",
        (
            "MembershipQuerySet.active",
            "MembershipQuerySet.current",
            "MembershipQuerySet.athletes",
            "MembershipQuerySet.coaching",
            "MembershipQuerySet.reached_by",
            "MembershipQuerySet.sharing",
            "MembershipQuerySet.supervised_by",
            "OrganizationQuerySet.coached_by",
            "OrganizationQuerySet.reached_by",
            "GroupQuerySet.of",
            "supervised_memberships",
        ),
        ORGANIZATION_CALLS + ATHLETE_CALLS,
        ACCESS_TESTS,
    ),
    MutationTarget(
        "athletes.models.querysets",
        (
            "AthleteQuerySet.visible_to",
            "AthleteQuerySet.reached_by",
            "AthleteQuerySet.with_withheld_categories",
            "_own_rows",
            "_reachable",
        ),
        ATHLETE_CALLS + ORGANIZATION_CALLS,
        ACCESS_TESTS,
    ),
    MutationTarget(
        "athletes.rights",
        ("Right.allows", "Right.is_unrestricted_for"),
        (*ATHLETE_CALLS, "GET athlete-export", *ORGANIZATION_CALLS),
        ACCESS_TESTS,
    ),
    MutationTarget(
        "athletes.access.permissions",
        (
            "PolicyPermission.has_permission",
            "find_request_row",
            "Permit.athletes",
            "Permit.athlete_ids",
            "Permit._find_athlete",
            "Permit.get_object",
            "Permit._find_if_shared",
            "Permit._find",
            "Permit.organization",
            "Permit.members",
            "Permit.get_or_forbidden",
            "_reachable_athlete",
            "_reachable_athlete_with_withheld_categories",
            "_reachable_organization",
            "_reachable_rows",
            "_precompile_ids_query",
            "get_permit",
        ),
        (*ATHLETE_CALLS, *ORGANIZATION_CALLS, "POST invitation-accept"),
        (*ACCESS_TESTS, "tests/athletes/access/test_athlete_ids.py"),
    ),
    MutationTarget(
        "athletes.models.people", ("User.organization_ids",), ATHLETE_CALLS + ORGANIZATION_CALLS, ACCESS_TESTS
    ),
    MutationTarget(
        "athletes.models.people",
        ("User.cache_scope",),
        ("GET athlete-profile",),
        (*ACCESS_TESTS[:1], *FRESHNESS_TESTS),
    ),
    MutationTarget("athletes.models.api_keys", ("ApiKeyQuerySet.live",), ATHLETE_CALLS[:1], ACCESS_TESTS),
    MutationTarget(
        "athletes.organizations.api_keys",
        ("ApiKeyUser.has_scope", "ApiKeyUser.organization_ids", "ApiKeyUser.cache_scope", "_read_secret"),
        (*ATHLETE_CALLS, *ORGANIZATION_CALLS, "GET coach-athletes-metrics"),
        ACCESS_TESTS + FRESHNESS_TESTS,
    ),
    MutationTarget(
        "athletes.organizations.consent", ("load_consents",), ("GET organization-consent",), ACCESS_TESTS
    ),
    MutationTarget(
        "athletes.organizations.consent",
        ("record_consent_on_joining",),
        ("POST invitation-accept",),
        ("tests/athletes/organizations/test_invitations.py",),
    ),
    MutationTarget(
        "athletes.organizations.invitations",
        ("_leads_on_joining", "needs_join_email"),
        ("POST invitation-accept",),
        ("tests/athletes/organizations/test_invitations.py",),
    ),
    MutationTarget(
        "athletes.organizations.consent",
        ("load_visibilities",),
        PLAN_CALLS + ATHLETE_CALLS,
        ACCESS_TESTS + ("tests/coaching",),
    ),
    MutationTarget(
        "coaching.signal_history.shown_codes",
        ("list_shown_codes", "filter_shared_codes"),
        ("GET signals-history", "GET signals-usefulness"),
        ("tests/coaching/signal_history/test_history_api.py",),
    ),
    MutationTarget(
        "coaching.signal_history.history",
        ("find_shown_episodes", "_find_actions"),
        ("GET signals-history",),
        ("tests/coaching/signal_history/test_history_api.py",),
    ),
    MutationTarget(
        "coaching.assessments.acknowledgements",
        ("remove_coach_words",),
        ("GET athlete-profile",),
        ("tests/coaching/assessments/test_acknowledge_all.py",),
    ),
    MutationTarget(
        "metrics.models.querysets",
        ("ActivityQuerySet.among",),
        ("GET activity",),
        ("tests/metrics/activities/test_api.py", "tests/metrics/test_newest_rows.py"),
    ),
    MutationTarget(
        "athletes.access.viewsets",
        ("AthleteRowsViewSet.list_athlete_ids",),
        ("GET activities", "GET health-days", "GET races"),
        ("tests/metrics/activities/test_api.py", "tests/metrics/test_newest_rows.py"),
    ),
    MutationTarget(
        "metrics.models.querysets",
        ("BinActivityQuerySet.in_bin_of",),
        ("GET athlete-bin", "POST athlete-bin-restore", "DELETE athlete-bin-activity"),
        ("tests/metrics/storage/test_activity_bin.py",),
    ),
    MutationTarget(
        "athletes.accounts.sessions",
        ("find_end_reason",),
        ("GET settings-page",),
        ("tests/athletes/accounts/test_sessions.py",),
    ),
    MutationTarget(
        "coaching.models.querysets",
        ("_belongs_to", "RaceQuerySet.among", "PlanQuerySet.among", "PlanInstanceQuerySet.among"),
        ("GET races", "GET race", "GET absences", "GET absence", "GET training-plans", *PLAN_CALLS),
        ("tests/coaching",),
    ),
    MutationTarget(
        "coaching.models.querysets",
        ("PlanQuerySet.editable_by", "PlanInstanceQuerySet.editable_by"),
        ("PATCH training-plan", "DELETE training-plan", "PATCH plan-instance", "DELETE plan-instance"),
        ("tests/coaching/plans", "tests/coaching/plan_instances"),
    ),
    MutationTarget(
        "coaching.races.forecasts",
        ("load_race_forecasts", "_find_forecast"),
        ("GET races",),
        ("tests/coaching/races",),
    ),
    MutationTarget(
        "astral.caching.key",
        ("CacheKey.digest", "CacheKey.redis_key", "build_owner_prefix"),
        ("GET running-stats",),
        (*CACHE_KEY_TESTS, *STALENESS_TESTS, "tests/athletes/personal_data/test_deletion_traces.py"),
    ),
    MutationTarget(
        "astral.caching.response",
        ("_matches_etag",),
        ("GET running-stats",),
        (*CACHE_KEY_TESTS, *STALENESS_TESTS),
    ),
    MutationTarget(
        "metrics.statistics.view",
        ("StatisticsView.respond", "_cache_parameters", "_find_viewer_role"),
        ("GET running-stats",),
        (*STALENESS_TESTS, *USE_LIMIT_TESTS, "tests/metrics/statistics/test_running_stats.py"),
    ),
    MutationTarget(
        "coaching.profile.api",
        ("AthleteProfileView.get",),
        ("GET athlete-profile",),
        (*SEPARATION_TESTS, *USE_LIMIT_TESTS, "tests/coaching/profile/test_api.py"),
    ),
    MutationTarget(
        "coaching.roster.api",
        ("RosterViewSet.list",),
        ("GET coach-athletes-metrics",),
        ROSTER_TESTS,
    ),
    MutationTarget(
        "coaching.roster.organizations",
        (
            "RosterOrganization.cache_state",
            "find_roster_organization",
            "_select_coached",
            "_select_named",
            "_select_reachable",
        ),
        ("GET coach-athletes-metrics",),
        ROSTER_TESTS,
    ),
    MutationTarget(
        "coaching.assistants.assistant_call",
        ("AssistantCall.get_permit", "AssistantCall.find_athlete", "AssistantCall.load_visibility"),
        (),
        ("tests/coaching/assistants/test_tool_rights.py",),
    ),
    MutationTarget(
        "metrics.models.querysets",
        ("ImportQuerySet.made_or_owned_by",),
        ("GET import", "GET import-files"),
        ("tests/metrics/imports/test_api.py",),
    ),
    MutationTarget(
        "metrics.imports.makers",
        ("may_restore_rows",),
        (),
        ("tests/metrics/imports/test_astral_export.py::test_a_coach_brings_activities_but_no_races",),
    ),
    MutationTarget(
        "metrics.imports.makers",
        ("find_import", "build_import_options"),
        ("GET import", "PATCH import"),
        ("tests/metrics/imports/test_api.py",),
    ),
)

# Mutants that do not change the behaviour, each with the reason.
EQUIVALENT: dict[str, str] = {
    **{
        f"POST organization-hand-over: right to {right.description}": (
            "the right to run it is checked again under the lock"
        )
        for right in (READ, RECORD, OVERSEE, ANNOTATE, ARRANGE)
    },
    "GET coach-athletes-metrics: right to read about an athlete": (
        "the organization is looked up by OVERSEE anyway"
    ),
    "POST sign-out-page: right to public": "a signed-out visitor is redirected to the sign-in page too",
    "athletes.organizations.api_keys._read_secret: without `header is None`": (
        "a Bearer together with the header is refused before"
    ),
    "athletes.models.querysets.AthleteQuerySet.with_withheld_categories: RECORD for READ": (
        "staff have both rights everywhere"
    ),
    "athletes.models.querysets._own_rows: without `None not in yourself.values()`": (
        "every row has an owner: the columns are NOT NULL"
    ),
    "athletes.models.querysets.MembershipQuerySet.supervised_by: always `category`": (
        "no athlete withholds the category None"
    ),
    "athletes.rights.Right.allows: never `isinstance(viewer, AnonymousUser)`": (
        "Django's AnonymousUser is not active either"
    ),
    "athletes.access.permissions.Permit._find_athlete: 0 for `self.viewer.pk`": (
        "a shortcut: the statement finds the viewer too"
    ),
    "athletes.access.permissions.Permit._find: always `right.is_unrestricted_for(viewer) or viewer.acting`": (
        "the same statement, not compiled"
    ),
    "athletes.access.permissions.Permit._find_if_shared: without `self.row.category`": (
        "the second lookup without a category finds nothing either"
    ),
    "coaching.roster.organizations.find_roster_organization: without `UUID(int=0)`": (
        "no group has this id, and no group has a null id"
    ),
    "athletes.models.querysets.supervised_memberships: always `right.assigned`": (
        "an empty set of roles matches no membership"
    ),
}
