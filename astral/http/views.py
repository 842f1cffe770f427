"""The base of all API views: strict query strings and the success envelope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any, ClassVar, cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework import serializers
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from astral.http.deprecation import Deprecation, build_headers
from astral.http.field_names import find_wrong_names
from astral.http.fields import IdField, StrictSerializer
from astral.http.tables.columns import Table
from astral.http.tables.media_types import choose_row_format
from astral.http.tables.row_answers import answer_rows
from astral.http.tables.whole_list import WholeList

IDEMPOTENCY_HEADER = "Idempotency-Key"


@cache
def load_idempotency_guard() -> Callable[..., Response]:
    """What runs the handler of a POST with an Idempotency-Key. It needs models, so it lies higher up."""
    return cast(Callable[..., Response], import_string(settings.IDEMPOTENCY_GUARD))


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
    own_media_type = "application/json"  # of calls whose answer is a file
    table: ClassVar[Table | None] = None
    whole_list: WholeList | None = None  # the list that is being read without pages
    post: Callable[..., Response]  # set by subclasses and by `as_view`
    max_json_bytes: ClassVar[int] = 1_000_000
    deprecated_methods: ClassVar[Mapping[str, Deprecation]] = MappingProxyType({})  # such as "get"
    deprecated_parameters: ClassVar[Mapping[str, Deprecation]] = MappingProxyType({})
    response_headers: Mapping[str, str] = MappingProxyType({})  # of this request, whatever the answer is

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:  # otherwise the response is 405
            check_encoding(request)
            self.check_parameters(request)
            if request.method in ("GET", "HEAD"):
                self._choose_format(request)
            if request.method == "POST" and IDEMPOTENCY_HEADER in request.headers:
                self.post = partial(load_idempotency_guard(), self.post, timezone.now())

    def find_deprecations(self, request: Request) -> list[Deprecation]:
        """Those of this call, and of the parameters that the caller sent."""
        of_call = self.deprecated_methods.get(str(request.method).lower())
        sent = [
            self.deprecated_parameters[name] for name in self.deprecated_parameters if name in request.GET
        ]
        return [*([of_call] if of_call else []), *sent]

    def get_table(self) -> Table | None:
        """What this call answers as CSV and NDJSON, too. None: only JSON."""
        return self.table

    def _choose_format(self, request: Request) -> None:
        """Have the rows sent as CSV or NDJSON if the caller asks for that. Raises NotAcceptable (406)."""
        form, takes_json = choose_row_format(request.headers.get("Accept", ""))
        if form is None:
            return
        if table := self.get_table():
            handler = getattr(self, str(request.method).lower())
            setattr(self, str(request.method).lower(), partial(answer_rows, handler, self, table, form))
        elif not takes_json and form != self.own_media_type:
            raise NotAcceptable

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        for name, value in self.response_headers.items():
            response.headers[name] = value
        for name, value in build_headers(self.find_deprecations(request)).items():
            response.headers[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

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
    """An API viewset. Its lists accept the filters of `filterset_class`, page and page_size.

    `row_tables`: the tables of actions other than `list`, and of a list whose rows lie deeper.
    """

    row_tables: ClassVar[Mapping[str, Table]] = MappingProxyType({})

    def get_table(self) -> Table | None:
        if self.action in self.row_tables:
            return self.row_tables[self.action]
        return (
            Table(cast(type[serializers.Serializer[Any]], self.get_serializer_class()))
            if self.action == "list"
            else None
        )

    def parameters(self) -> Iterable[str]:
        if self.action != "list":
            return super().parameters()
        filters = getattr(self, "filterset_class", None)
        paging = getattr(self.pagination_class, "parameters", ())
        return [*(filters.base_filters if filters else ()), *paging]
