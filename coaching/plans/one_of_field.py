"""A field that takes objects of several shapes, such as steps of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

Shapes = Mapping[str, serializers.Serializer[Any]]


class OneOfField(serializers.Field[Any, Any, Any, Any]):
    """An object of one of the `shapes`. `choose_shape` looks at the value, which is not validated yet."""

    def __init__(self, *, shapes: Shapes, choose_shape: Callable[[Any], str], **options: Any) -> None:
        super().__init__(**options)
        self.shapes, self.choose_shape = shapes, choose_shape
        for shape in shapes.values():
            shape.bind(field_name="", parent=self)  # type: ignore[arg-type]

    def to_internal_value(self, data: Any) -> Any:
        return self.shapes[self.choose_shape(data)].run_validation(data)

    def to_representation(self, value: Any) -> Any:
        return self.shapes[self.choose_shape(value)].to_representation(value)


class OneOfFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = OneOfField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        shapes = self.target.shapes.values()
        return {"oneOf": [auto_schema.resolve_serializer(shape, direction).ref for shape in shapes]}
