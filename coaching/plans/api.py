"""Plans: an organization's templates of weeks, days and sessions."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import ApiError
from astral.http.fields import IdField
from astral.http.views import ApiViewSet, success
from athletes.access.permissions import Permit, get_permit, parse_id
from athletes.access.request_bodies import read_body_id
from athletes.models import Organization
from coaching.models import Plan
from coaching.models.querysets import PlanQuerySet
from coaching.plans.editing import (
    create_plan,
    delete_plan,
    duplicate_plan,
)
from coaching.plans.filters import PlanFilter
from coaching.plans.portable import build_plan_body
from coaching.plans.serializers import (
    PlanCreate,
    PlanDetailSerializer,
    PlanDuplicate,
    PlanExportSerializer,
    PlanSerializer,
    serialize_plan,
    serialize_plan_detail,
)


class PlanViewSet(ApiViewSet):
    """Templates of the organizations you coach in."""

    tag = "plans"
    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    max_json_bytes = 2_000_000
    path_fields: ClassVar = {"plan_id": IdField(Plan.prefix, help_text="The plan, plan_….")}

    @property
    def further_statuses(self) -> tuple[int, ...]:
        return (409,) if self.action == "partial_update" else ()

    def get_queryset(self) -> PlanQuerySet:
        permit = get_permit(self.request)
        return Plan.objects.among(Organization.objects.reached_by(permit.viewer, permit.row.right))

    @extend_schema(
        responses=PlanSerializer(many=True),
        operation_id="training_plans_list",
        summary="Training plans by name",
    )
    def list(self, request: Request) -> Response:
        """Plans by name, without their sessions."""
        # Answer 403, not an empty list, for an organization you do not coach in.
        if text := request.query_params.get("org_id"):
            get_permit(request).organization(parse_id(Organization.prefix, text, "org_id"))
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([serialize_plan(plan) for plan in page or []])

    @extend_schema(
        request=PlanCreate,
        responses={201: PlanDetailSerializer},
        operation_id="training_plans_create",
        summary="Create a training plan",
    )
    def create(self, request: Request) -> Response:
        """Create a plan. 400 ORG_REQUIRED if you plan in several organizations and do not give org_id."""
        permit = get_permit(request)
        organization = _choose_organization(permit, read_body_id(request.data, "org_id", Organization.prefix))
        fields = PlanCreate.parse(request.data)
        plan = create_plan(
            organization,
            permit.author,
            fields["name"],
            fields.get("description", ""),
            fields["weeks"],
        )
        return success(serialize_plan_detail(plan), 201)

    @extend_schema(
        responses=PlanDetailSerializer, operation_id="training_plans_retrieve", summary="One training plan"
    )
    def retrieve(self, request: Request, plan_id: str) -> Response:
        """One plan with its weeks, days and sessions."""
        return success(serialize_plan_detail(self._get_plan()))

    @extend_schema(
        responses={204: None}, operation_id="training_plans_delete", summary="Delete a training plan"
    )
    def destroy(self, request: Request, plan_id: str) -> Response:
        """Delete a plan. 400 PLAN_ASSIGNED if it is assigned.

        An assistant coach may delete only plans that they made.
        """
        delete_plan(self.get_editable_plan())
        return Response(status=204)

    @extend_schema(
        request=PlanDuplicate,
        responses={201: PlanDetailSerializer},
        operation_id="training_plans_duplicate",
        summary="Copy a training plan",
    )
    def duplicate(self, request: Request, plan_id: str) -> Response:
        """Copy a plan within its organization. Nobody follows the copy, so its sessions can change."""
        plan, permit = self._get_plan(), get_permit(request)
        fields = PlanDuplicate.parse(request.data)
        return success(
            serialize_plan_detail(duplicate_plan(plan, permit.author, fields.get("name", ""))), 201
        )

    @extend_schema(
        responses=PlanExportSerializer, operation_id="training_plans_export", summary="A plan to keep"
    )
    def export(self, request: Request, plan_id: str) -> Response:
        """The plan as the body that creates it again: `POST /api/v1/training_plans` accepts `data`."""
        return success(build_plan_body(self._get_plan()))

    def _get_plan(self) -> Plan:
        identifier = parse_id(Plan.prefix, self.kwargs["plan_id"], "plan_id")
        return get_permit(self.request).get_or_forbidden(self.get_queryset().filter(pk=identifier).first())

    def get_editable_plan(self) -> Plan:
        plan, permit = self._get_plan(), get_permit(self.request)
        editable = Plan.objects.filter(pk=plan.pk).editable_by(permit.viewer, permit.row.right)
        return permit.get_or_forbidden(editable.first())


def _choose_organization(permit: Permit, identifier: UUID | None) -> Organization:
    if identifier is not None:
        return permit.organization(identifier)
    own = list(Organization.objects.reached_by(permit.viewer, permit.row.right)[:2])
    if len(own) > 1:
        raise ApiError("ORG_REQUIRED", "Give org_id: you plan in several organizations.", field="org_id")
    return permit.get_or_forbidden(own[0] if own else None)
