"""django-filter with the strict fields of `astral.http.fields`: a wrong value gives 400, not all rows."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError as FormError
from drf_spectacular.drainage import set_override
from rest_framework import serializers


class _SerializerFormField(forms.Field):
    """A form field whose value is validated by a strict serializer field."""

    def __init__(self, *, serializer_field: serializers.Field[Any, Any, Any, Any], **options: Any) -> None:
        self.serializer_field = serializer_field
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.serializer_field.run_validation(value)
        except serializers.ValidationError as error:
            first = error.detail[0] if isinstance(error.detail, list) else error.detail
            # Django formats the message with `%`, and the caller's value may contain one.
            raise FormError(str(first).replace("%", "%%"), code=getattr(first, "code", "invalid")) from error


class SerializerFieldFilter(django_filters.Filter):  # type: ignore[misc]
    """A filter whose parameter is validated, and documented, by a serializer field."""

    field_class = _SerializerFormField

    def __init__(self, serializer_field: serializers.Field[Any, Any, Any, Any], **options: Any) -> None:
        super().__init__(serializer_field=serializer_field, **options)
        set_override(self, "field", serializer_field)
