"""API: a person's saved views of the roster."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.tables.columns import Table
from astral.http.views import ApiView, success
from athletes.models import User
from coaching.roster.saved_views.serializers import (
    RosterViewName,
    RosterViewRequest,
    RosterViewSerializer,
    format_filters,
    serialize_view,
)
from coaching.roster.saved_views.store import delete_view, list_views, save_view

NAME_PARAMETER = OpenApiParameter(
    "view_name", str, OpenApiParameter.PATH, description="The name of the view."
)


class RosterViewList(ApiView):
    """The columns, filters and orders of rosters that you saved. Only you see them."""

    tag = "analytics"
    table = Table(RosterViewSerializer)
    further_statuses = (409,)

    @extend_schema(
        responses=RosterViewSerializer(many=True),
        operation_id="roster_views_retrieve",
        summary="Your saved views of the roster",
    )
    def get(self, request: Request) -> Response:
        """All of them, by name."""
        return success([serialize_view(view) for view in list_views(cast(User, request.user))])

    @extend_schema(
        request=RosterViewRequest,
        responses={201: RosterViewSerializer},
        operation_id="roster_views_save",
        summary="Save a view of the roster",
    )
    def post(self, request: Request) -> Response:
        """A view of the same name is replaced. 409 LIMIT_REACHED: you have too many."""
        values = RosterViewRequest.parse(request.data)
        filters = format_filters(values.get("filters", {}))
        view = save_view(cast(User, request.user), values["name"], values["columns"], filters)
        return success(serialize_view(view), 201)


class RosterViewDetail(ApiView):
    """One of your saved views."""

    tag = "analytics"

    @extend_schema(
        parameters=[NAME_PARAMETER],
        responses={204: None},
        operation_id="roster_views_delete",
        summary="Delete a saved view",
    )
    def delete(self, request: Request, view_name: str) -> Response:
        """Delete the view of this name. Without one nothing happens."""
        name = RosterViewName.parse({"name": view_name})["name"]
        delete_view(cast(User, request.user), name)
        return Response(status=204)
