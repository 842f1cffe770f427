"""The schema of an operation: the envelope of every response, and the error shape of every error status."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_lib_doc_excludes
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny

from astral.http.errors import ERROR_SENTENCES, describe_wrong_media_type
from astral.http.fields import StrictSerializer
from astral.http.pagination import PaginationSerializer
from astral.http.schema.error_serializers import ErrorSerializer
from astral.http.tables.media_types import RowFormat
from astral.http.views import IDEMPOTENCY_HEADER, ApiView

Direction = Literal["request", "response"]
SUCCESS_DESCRIPTIONS = {
    "200": "Success.",
    "201": "Created.",
    "202": "Queued; it runs in the background.",
    "204": "Success; there is no body.",
}


IDEMPOTENCY_PARAMETER = OpenApiParameter(
    IDEMPOTENCY_HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern="^[!-~]{1,255}$",
    description="A text of your own for this call, such as a UUID. The same call with the same key within a"
    " day makes nothing new: it gets the first answer, with Idempotency-Replayed: true.",
)


def list_undocumented_classes() -> tuple[type, ...]:
    """Classes whose docstrings are not for users of the API: drf-spectacular's GET_LIB_DOC_EXCLUDES."""
    return (*get_lib_doc_excludes(), StrictSerializer)  # type: ignore[no-untyped-call]


class IdFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "astral.http.fields.IdField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "string", "pattern": self.target.pattern}


class Schema(AutoSchema):
    method_mapping = AutoSchema.method_mapping | {
        "patch": "update",
        "delete": "delete",
    }  # names of operations

    def get_serializer_name(self, serializer: Any, direction: Direction) -> str:
        """The class name. drf-spectacular then appends "Request" to the name of a request body."""
        name = type(serializer).__name__
        return name.removesuffix("Request") if direction == "request" else name

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """A public call has an empty list of credentials: generated clients then call it without any."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation and operation.get("security") == [{}]:
            operation["security"] = []
        deprecated = cast(ApiView, self.view).deprecated_parameters
        for parameter in operation.get("parameters", ()) if operation else ():
            if parameter["name"] in deprecated:
                parameter["deprecated"] = True
                parameter["description"] += f" {deprecated[parameter['name']].sentence}"
        return operation

    def is_deprecated(self) -> bool:
        return self.method.lower() in cast(ApiView, self.view).deprecated_methods

    def get_summary(self) -> str:
        """The description up to its first punctuation mark, for a view without its own `summary`."""
        return re.split(r"[.:;,](?:\s|$)", self.get_description(), maxsplit=1)[0]

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "tag", None)
        return [tag] if tag else super().get_tags()

    def get_override_parameters(self) -> list[Any]:
        """Every POST that makes something for somebody takes an Idempotency-Key."""
        parameters = list(super().get_override_parameters())
        return [*parameters, IDEMPOTENCY_PARAMETER] if self._takes_idempotency_key() else parameters

    def _takes_idempotency_key(self) -> bool:
        return self.method == "POST" and not self._is_public()

    def _is_public(self) -> bool:
        return any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())

    def _resolve_path_parameters(self, variables: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)  # type: ignore[no-untyped-call]
        for parameter in parameters:
            if field := getattr(self.view, "path_fields", {}).get(parameter["name"]):
                parameter["schema"] = {"type": "string", "pattern": field.pattern}
                parameter["description"] = str(field.help_text)
        return parameters

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        return (
            schema | {"additionalProperties": False} if isinstance(serializer, StrictSerializer) else schema
        )

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, answer in bodies.items():
            answer["description"] = SUCCESS_DESCRIPTIONS[code]
        if self.method == "GET" and "200" in bodies and cast(ApiView, self.view).get_table():
            bodies["200"]["content"] |= {form.value: {"schema": {"type": "string"}} for form in RowFormat}
        for status in self._list_error_statuses():
            bodies.setdefault(str(status), self._build_error_body(status))
        return dict(sorted(bodies.items()))

    def _list_error_statuses(self) -> list[int]:
        statuses = [400, 404, 405, 500, 503]
        if not self._is_public():
            statuses += [401, 403]
        if self.method == "GET":
            statuses += [406]
        if self._takes_idempotency_key():
            statuses += [409, 422]
        if self.method in {"POST", "PUT", "PATCH"}:
            statuses += [413, 415]
        return statuses + list(getattr(self.view, "further_statuses", ()))

    def _build_error_body(self, status: int) -> dict[str, Any]:
        component = self.resolve_serializer(ErrorSerializer(), "response")
        return {
            "description": self._describe_media_types() if status == 415 else ERROR_SENTENCES[status][1],
            "content": {"application/json": {"schema": component.ref}},
        }

    def _describe_media_types(self) -> str:
        return describe_wrong_media_type(parser.media_type or "" for parser in self.view.parser_classes)

    def _get_response_for_code(
        self, serializer: Any, status_code: str, media_types: Any = None, direction: Direction = "response"
    ) -> dict[str, Any]:
        answer: dict[str, Any] = super()._get_response_for_code(  # type: ignore[no-untyped-call]
            serializer, status_code, media_types, direction
        )
        if not getattr(self.view, "enveloped", False) or not status_code.startswith("2"):
            return answer
        for media_type, content in answer.get("content", {}).items():
            if self._is_paginated(content["schema"]):
                self.resolve_serializer(PaginationSerializer(), "response")  # the list refers to it
            elif media_type == "application/json":
                content["schema"] = self._build_envelope(content["schema"])
        return answer

    def _is_paginated(self, schema: dict[str, Any]) -> bool:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return name.startswith("Paginated") and (name, ResolvedComponent.SCHEMA) in self.registry._components

    def _build_envelope(self, result: dict[str, Any]) -> dict[str, Any]:
        """A reference to the named envelope of this result, such as ActivityResponse for an Activity."""
        reference = str(result.get("$ref") or result["items"]["$ref"])
        suffix = "Response" if "$ref" in result else "ListResponse"
        return self._name_component(reference.rpartition("/")[2] + suffix, build_envelope(result))

    def _name_component(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name, ResolvedComponent.SCHEMA, schema, name
        )
        self.registry.register_on_missing(component)
        return component.ref


def build_envelope(result: dict[str, Any]) -> dict[str, Any]:
    """The object round every result: status and data."""
    data = {"allOf": [result]} if "$ref" in result else result
    return {
        "type": "object",
        "required": ["status", "data"],
        "properties": {
            "status": {"type": "string", "const": "ok", "description": "Always ok."},
            "data": {**data, "description": "The result."},
        },
    }
