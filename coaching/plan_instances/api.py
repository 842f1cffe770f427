"""Plan instances: assign a plan to athletes and groups, end it, read the outcome of its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import Permit, get_permit, parse_id
from athletes.access.request_bodies import read_body_id
from athletes.access.viewsets import AthleteRowsViewSet
from athletes.models import Athlete, Group, Organization, User
from athletes.models.querysets import AthleteQuerySet
from athletes.organizations.consent import load_visibilities
from athletes.rights import NOTHING, READ, Category, Visibility
from coaching.assessments.current import assessments_for_viewer
from coaching.athlete_records import delete_record
from coaching.models import CalendarSession, Plan, PlanInstance, Race
from coaching.models.querysets import PlanInstanceQuerySet
from coaching.plan_instances.assign import (
    build_not_expected_error,
    eligible_athletes,
    end_plan_instance,
    find_group_athletes,
    find_members_without_plan,
    link_activity,
    resume_plan_instance,
    unlink_activity,
)
from coaching.plan_instances.filters import PlanInstanceFilter
from coaching.plan_instances.giving import give_plan
from coaching.plan_instances.preview import find_start_before_race, load_preview
from coaching.plan_instances.preview_serializers import PlanPreviewSerializer, serialize_preview
from coaching.plan_instances.progress import load_progress
from coaching.plan_instances.serializers import (
    AssignPlanQuery,
    AssignPlanResultSerializer,
    GroupPlanSerializer,
    LinkActivityRequest,
    PlanInstanceCreate,
    PlanInstanceDetailSerializer,
    PlanInstanceSerializer,
    PlanInstanceUpdate,
    serialize_members_without_plan,
    serialize_plan_instance,
    serialize_progress,
)
from metrics.models import Activity

GOALS_CATEGORY, ACTIVITIES_CATEGORY = Category.GOALS_AND_PLANS, Category.ACTIVITIES


class PlanInstanceViewSet(AthleteRowsViewSet):
    """Plans in the calendars of athletes: list, assign, read, change, delete."""

    tag = "plans"
    queryset = PlanInstance.objects.none()
    serializer_class = PlanInstanceSerializer
    filterset_class = PlanInstanceFilter
    path_fields: ClassVar = {
        "plan_instance_id": IdField(PlanInstance.prefix, help_text="The plan in one calendar, pi_…."),
        "session_id": IdField(
            CalendarSession.prefix, help_text="The session of the instance, or of its plan, ses_…."
        ),
    }

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action == "create" else ()

    def get_queryset(self) -> PlanInstanceQuerySet:
        rows = PlanInstance.objects.for_athletes(self.list_athlete_ids()).select_related("plan", "athlete")
        return rows.with_status(timezone.now()) if "status" in self.request.query_params else rows

    @extend_schema(
        responses=PlanInstanceSerializer(many=True),
        operation_id="plan_instances_list",
        summary="Plans that athletes were given",
    )
    def list(self, request: Request) -> Response:
        """Instances of every athlete you may see, latest start first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.serialize_instances(page or [], timezone.now()))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.query_serializer_class = AssignPlanQuery
        super().initial(request, *args, **kwargs)

    @extend_schema(
        parameters=[AssignPlanQuery],
        request=PlanInstanceCreate,
        responses={200: PlanPreviewSerializer, 201: AssignPlanResultSerializer},
        operation_id="plan_instances_create",
        summary="Assign a plan to an athlete or group",
    )
    def create(self, request: Request) -> Response:
        """Assign a plan to an athlete, or to all current members of a group.

        Athletes who join the group later do not get the plan. `without_instance` lists the members without
        it, also those you may not plan for. An existing instance with this start is kept. 400 NOT_A_MEMBER if
        no athlete of the plan's organization is left. 409 PLAN_OVERLAP if an athlete has another plan in
        these weeks, unless `allow_overlap`. `dry_run` answers 200 with the days, and each athlete's
        plans, absences and races in them.
        """
        permit = get_permit(request)
        athletes, group, missing = permit.athletes(), None, []
        if athlete_id := read_body_id(request.data, "user_id", User.prefix):
            athletes = athletes.filter(pk=permit.athlete(athlete_id).pk)
        plan_id = read_body_id(request.data, "plan_id", Plan.prefix)
        plan = _find_plan(permit, plan_id) if plan_id else None
        fields, flags = PlanInstanceCreate.parse(request.data), self.parse_query()
        assert plan is not None  # the body needs plan_id
        if "group_id" in fields:
            group = permit.get_or_forbidden(_find_group(plan, fields["group_id"]))
            athletes = athletes.filter(pk__in=find_group_athletes(group))
        ids, start = eligible_athletes(plan, athletes), _find_start(permit, plan, fields)
        if fields["dry_run"] or flags["dry_run"]:
            permit.note_shown(ids)
            return success(serialize_preview(load_preview(plan, ids, start)))
        allows = fields["allow_overlap"] or flags["allow_overlap"]
        instances = give_plan(plan, ids, start, permit.author, group, allow_overlap=allows)
        if group:
            missing = find_members_without_plan(
                plan, group, Athlete.objects.reached_by(permit.viewer, READ, GOALS_CATEGORY)
            )
        answer = self.serialize_instances(instances, timezone.now())
        permit.note_shown({*(row.athlete_id for row in instances), *(athlete.pk for athlete in missing)})
        return success(
            {"plan_instances": answer, "without_instance": serialize_members_without_plan(missing)}, 201
        )

    @extend_schema(
        responses=PlanInstanceDetailSerializer,
        operation_id="plan_instances_retrieve",
        summary="One plan as it was given",
    )
    def retrieve(self, request: Request, plan_instance_id: str) -> Response:
        """One instance with each session, its day and its outcome."""
        instance, now = self.get_instance(), timezone.now()
        detail = load_progress(instance, now)
        # An athlete who was deleted in the meantime has no entry: nothing is visible.
        visibility = self.load_visibilities([instance]).get(instance.athlete_id, NOTHING)
        progress = serialize_progress(instance, detail, visibility.activities)
        return success(self.serialize_instances([instance], now)[0] | progress)

    @extend_schema(
        request=PlanInstanceUpdate,
        responses=PlanInstanceSerializer,
        operation_id="plan_instances_update",
        summary="End a plan early",
    )
    def partial_update(self, request: Request, plan_instance_id: str) -> Response:
        """End a plan from today on, or resume it. Only for coaches of the plan's organization."""
        instance, now = self.get_editable_instance(), timezone.now()
        status = PlanInstanceUpdate.parse(request.data)["status"]
        if status == PlanInstance.Status.ACTIVE:
            resume_plan_instance(instance)
        else:
            end_plan_instance(instance, PlanInstance.Ending(status), instance.athlete.local_date(now))
        return success(self.serialize_instances([instance], now)[0])

    @extend_schema(responses={204: None}, operation_id="plan_instances_delete")
    def destroy(self, request: Request, plan_instance_id: str) -> Response:
        """Delete a plan instance with its history. Only for coaches of the plan's organization."""
        delete_record(self.get_editable_instance())
        return Response(status=204)

    @extend_schema(
        request=LinkActivityRequest,
        responses={204: None},
        operation_id="plan_instances_link",
        summary="Link a session to an activity",
    )
    def link(self, request: Request, plan_instance_id: str, session_id: str) -> Response:
        """Link an activity to a session, also if time and distance differ. It then matches no other session.

        400 NOT_EXPECTED if the session is rest or outside the plan's days. 400 TOO_FAR if the activity is
        more than 28 days away.
        """
        permit, instance = get_permit(request), self.get_instance()
        session, fields = self.get_session(instance), LinkActivityRequest.parse(request.data)
        sharing = Athlete.objects.reached_by(permit.viewer, permit.row.right, ACTIVITIES_CATEGORY)
        activities = Activity.objects.among(sharing).filter(
            athlete_id=instance.athlete_id, pk=fields["activity_id"]
        )
        link_activity(instance.athlete, session, permit.get_or_forbidden(activities.first()))
        return Response(status=204)

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="plan_instances_unlink",
        summary="Unlink a session from its activity",
    )
    def unlink(self, request: Request, plan_instance_id: str, session_id: str) -> Response:
        """Remove the link: the session is matched by day and amount again."""
        instance = self.get_instance()
        unlink_activity(self.get_session(instance))
        return Response(status=204)

    def get_instance(self) -> PlanInstance:
        identifier = parse_id(PlanInstance.prefix, self.kwargs["plan_instance_id"], "plan_instance_id")
        return get_permit(self.request).get_object(PlanInstance, identifier, "plan", "athlete")

    def get_editable_instance(self) -> PlanInstance:
        """Raises 403 if the athlete has the plan from an organization where the caller may not plan."""
        instance, permit = self.get_instance(), get_permit(self.request)
        rows = PlanInstance.objects.filter(pk=instance.pk)
        editable = rows.editable_by(permit.viewer, permit.row.right, GOALS_CATEGORY)
        return permit.get_or_forbidden(instance if editable.exists() else None)

    def get_session(self, instance: PlanInstance) -> CalendarSession:
        identifier = parse_id(CalendarSession.prefix, self.kwargs["session_id"], "session_id")
        sessions = instance.sessions.filter(Q(pk=identifier) | Q(plan_session=identifier), is_removed=False)
        session = sessions.first()
        if session is None and instance.plan.sessions.filter(pk=identifier).exists():
            raise build_not_expected_error()
        return get_permit(self.request).get_or_forbidden(session)

    def serialize_instances(
        self, instances: Sequence[PlanInstance], now: datetime
    ) -> Sequence[dict[str, Any]]:
        assessments = assessments_for_viewer(self.load_visibilities(instances), now)
        progress = {
            plan.plan_instance_id: plan.week_progress
            for assessment in assessments.values()
            for plan in assessment.plans
        }
        return [
            serialize_plan_instance(instance, instance.athlete.local_date(now), progress.get(instance.pk))
            for instance in instances
        ]

    def load_visibilities(self, instances: Sequence[PlanInstance]) -> dict[UUID, Visibility]:
        viewer = get_permit(self.request).viewer
        return load_visibilities(viewer, [instance.athlete_id for instance in instances])


def _find_start(permit: Permit, plan: Plan, fields: dict[str, Any]) -> date:
    """The given day, or the one from which on the plan ends in the week of the race."""
    if "start_date" in fields:
        return cast(date, fields["start_date"])
    race_day = fields.get("race_day") or permit.get_object(Race, fields["race_id"]).date
    return find_start_before_race(plan.total_weeks, race_day)


def _find_group(plan: Plan, identifier: UUID) -> Group | None:
    """A group of the plan's organization."""
    return Group.objects.filter(organization=plan.organization_id, pk=identifier).first()


def _find_plan(permit: Permit, identifier: UUID) -> Plan:
    """A plan of an organization where the caller may plan."""
    organizations = Organization.objects.reached_by(permit.viewer, permit.row.right)
    return permit.get_or_forbidden(Plan.objects.among(organizations).filter(pk=identifier).first())


class GroupPlanViewSet(ApiViewSet):
    """Plans assigned to a group."""

    tag = "plans"
    queryset = Plan.objects.none()
    serializer_class = GroupPlanSerializer
    path_fields: ClassVar = {
        "org_id": IdField(Organization.prefix, help_text="The organization, org_…."),
        "group_id": IdField(Group.prefix, help_text="The group, grp_…."),
    }

    @extend_schema(
        responses=GroupPlanSerializer(many=True),
        operation_id="organizations_groups_plans_list",
        summary="Plans that a group was given",
    )
    def list(self, request: Request, org_id: str, group_id: str) -> Response:
        """Plans assigned to the group, latest start first, and its current members without each plan."""
        permit = get_permit(request)
        organization = permit.organization(parse_id(Organization.prefix, org_id, "org_id"))
        identifier = parse_id(Group.prefix, group_id, "group_id")
        group = permit.get_or_forbidden(Group.objects.of(organization).filter(pk=identifier).first())
        coached = Athlete.objects.reached_by(permit.viewer, READ, GOALS_CATEGORY)
        instances = PlanInstance.objects.among(coached).filter(group=group).select_related("plan")
        page = self.paginate_queryset(
            instances.order_by("-start_date", "plan_id").distinct("start_date", "plan_id")
        )
        return self.get_paginated_response(_serialize_group_plans(permit, coached, group, page or []))


def _serialize_group_plans(
    permit: Permit, coached: AthleteQuerySet, group: Group, assignments: Sequence[PlanInstance]
) -> list[dict[str, Any]]:
    """`assignments`: one instance for each plan and start. Two statements for any number of plans."""
    plans = {assignment.plan_id for assignment in assignments}
    members = list(
        coached.filter(pk__in=find_group_athletes(group))
        .select_related("user")
        .order_by("user__display_name", "pk")
    )
    followed = PlanInstance.objects.among(coached).filter(plan__in=plans).order_by("athlete_id")
    instances = list(followed.filter(Q(group=group) | Q(athlete__in=[member.pk for member in members])))
    permit.note_shown({*(member.pk for member in members), *(instance.athlete_id for instance in instances)})
    following = {
        (instance.plan_id, instance.athlete_id)
        for instance in instances
        if instance.ended_as != PlanInstance.Ending.CANCELLED
    }
    return [
        {
            "plan_id": assignment.plan.public_id,
            "name": assignment.plan.name,
            "start_date": assignment.start_date,
            "total_weeks": assignment.plan.total_weeks,
            "plan_instance_ids": [
                instance.public_id for instance in instances if _is_same_assignment(instance, assignment)
            ],
            "without_instance": serialize_members_without_plan(
                [member for member in members if (assignment.plan_id, member.pk) not in following]
            ),
        }
        for assignment in assignments
    ]


def _is_same_assignment(instance: PlanInstance, other: PlanInstance) -> bool:
    """Whether both instances have the same group, plan and start."""
    key = (instance.group_id, instance.plan_id, instance.start_date)
    return key == (other.group_id, other.plan_id, other.start_date)
