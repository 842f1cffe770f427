"""The base of all API views: strict query strings and the success envelope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from astral.http.field_names import find_wrong_names
from astral.http.fields import IdField, StrictSerializer


def success(data: Any, status: int = 200, **headers: str) -> Response:
    return Response({"status": "ok", "data": data}, status, headers=headers or None)


def check_encoding(request: Request | HttpRequest) -> None:
    """Refuse a query string that is not UTF-8 or contains NUL."""
    try:
        plain = unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeDecodeError:
        plain = "\0"
    if "\0" in plain:
        raise serializers.ValidationError("The query string is not plain UTF-8 text.", "invalid_query")


class ApiView(APIView):
    """An API view. `query_serializer_class` lists its query parameters; by default there are none."""

    http_method_names = ("get", "post", "put", "patch", "delete", "head")
    query_serializer_class: type[StrictSerializer] = StrictSerializer
    path_fields: ClassVar[dict[str, IdField]] = {}  # ids in its path, for the documentation
    enveloped = True
    max_json_bytes: ClassVar[int] = 1_000_000

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:  # otherwise the response is 405
            check_encoding(request)
            self.check_parameters(request)

    def check_parameters(self, request: Request) -> None:
        """Refuse unknown and repeated parameters. If there are any, the values are also checked here."""
        if wrong := find_wrong_names(request.query_params, self.parameters()):
            raise serializers.ValidationError(wrong | self.find_wrong_values(request))

    def find_wrong_values(self, request: Request) -> dict[str, Any]:
        """Errors of the values: a misspelt name must not hide that another parameter is missing."""
        known = set(self.parameters()) & self.query_serializer_class._declared_fields.keys()
        given = {name: value for name, value in request.query_params.items() if name in known}
        try:
            self.query_serializer_class(context={"request": request}).to_internal_value(given)
        except serializers.ValidationError as error:
            return dict(error.detail) if isinstance(error.detail, dict) else {}
        return {}

    def parameters(self) -> Iterable[str]:
        return self.query_serializer_class._declared_fields

    def parse_query(self, **context: Any) -> dict[str, Any]:
        return self.query_serializer_class.parse(self.request.query_params, request=self.request, **context)


class ApiViewSet(ApiView, GenericViewSet[Any]):
    """An API viewset. Its lists accept the filters of `filterset_class`, page and page_size."""

    def parameters(self) -> Iterable[str]:
        if self.action != "list":
            return super().parameters()
        filters = getattr(self, "filterset_class", None)
        paging = getattr(self.pagination_class, "parameters", ())
        return [*(filters.base_filters if filters else ()), *paging]
