"""Pagination by page and page_size (50, at most 200). The response has the totals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from astral.http.fields import StrictSerializer, WholeNumberField
from astral.http.tables.whole_list import WholeList

MAX_PAGE_SIZE = 200


class PageQuery(StrictSerializer):
    page = WholeNumberField(default=1, min_value=1, max_value=1_000_000, help_text="The page number, from 1.")
    page_size = WholeNumberField(
        default=50, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Rows per page, at most 200."
    )


class PaginationSerializer(serializers.Serializer[dict[str, int]]):
    page = serializers.IntegerField(min_value=0, help_text="The page number, from 1.")
    page_size = serializers.IntegerField(min_value=0, help_text="Rows per page.")
    total = serializers.IntegerField(min_value=0, help_text="All rows.")
    total_pages = serializers.IntegerField(min_value=0, help_text="All pages.")


def build_pagination(page: int, page_size: int, total: int) -> dict[str, int]:
    return {"page": page, "page_size": page_size, "total": total, "total_pages": math.ceil(total / page_size)}


class StrictPagination(BasePagination):
    """A page after the last one is empty and not an error, because rows may be deleted between two requests.

    REST framework's PageNumberPagination is not the base, because every method would have to be overridden.
    """

    parameters = ("page", "page_size")
    total_description = "All rows."

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        if whole := getattr(view, "whole_list", None):
            self.totals = {}
            return cast(WholeList, whole).read_part(self, queryset)
        given = {name: value for name, value in request.query_params.items() if name in self.parameters}
        query = PageQuery.parse(given)
        page, size = query["page"], query["page_size"]
        start = (page - 1) * size
        total, rows = self.read_page(queryset, start, start + size)
        self.totals = build_pagination(page, size, total)
        return rows

    def read_keys(self, queryset: Any, limit: int) -> list[Any]:
        return list(queryset.values_list("pk", flat=True)[:limit])

    def read_rows(self, queryset: Any, keys: Sequence[Any]) -> list[Any]:
        """The rows with these keys, in this order."""
        found = {row.pk: row for row in queryset.filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def read_page(self, queryset: Any, start: int, stop: int) -> tuple[int, list[Any]]:
        """The number of all rows, and the rows from `start` to `stop`."""
        total = queryset.count()
        return total, list(queryset[start:stop]) if start < total else []

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"status": "ok", "data": data, "pagination": self.totals})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["status", "data", "pagination"],
            "properties": {
                "status": {"type": "string", "const": "ok", "description": "Always ok."},
                "data": {**schema, "description": "The rows of this page."},
                "pagination": {
                    "allOf": [{"$ref": "#/components/schemas/Pagination"}],
                    "description": f"The page and the totals. total: {self.total_description}",
                },
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(field.help_text),
                "schema": {
                    "type": "integer",
                    "minimum": cast(WholeNumberField, field).min_value,
                    "maximum": cast(WholeNumberField, field).max_value,
                    "default": field.default,
                },
            }
            for name, field in PageQuery().fields.items()
        ]
