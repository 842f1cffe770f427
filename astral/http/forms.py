"""Forms of pages: Django draws the fields, the API's serializer validates the values.

A form field has what a person sees: label, hint, choices, maximum length. It checks nothing. `clean` gives
the sent values to `serializer_class` and puts its errors beside the fields. So a page and the API refuse the
same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from secrets import token_hex
from typing import Any, ClassVar, cast

import orjson
from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import ChoiceWidget
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from rest_framework.exceptions import ValidationError

from astral.http.errors import ERRORS_IN_SENTENCE, ApiError, flatten_field_errors
from astral.http.field_names import check_field_names
from astral.http.fields import StrictSerializer

EDIT_CONFLICT_MESSAGE = "Somebody changed this in the meantime. Here are the current values."
FORM_TOKEN_LENGTH = 64
CHOOSE = ("", "Choose…")  # the first choice of a required list


class DrawnField(BoundField):
    """A field with Astral's HTML ids: `field-name`, `hint-name` and `error-name`."""

    @property
    def hint_id(self) -> str:
        return self.auto_id.replace("field-", "hint-", 1)

    @property
    def error_id(self) -> str:
        return self.auto_id.replace("field-", "error-", 1)

    @property
    def aria_describedby(self) -> str:
        return " ".join([self.error_id] * bool(self.errors) + [self.hint_id] * bool(self.help_text))


class FormRenderer(DjangoTemplates):
    form_template_name = "astral/forms/form.html"
    field_template_name = "astral/forms/field.html"
    bound_field_class = DrawnField


class InputField(forms.Field):
    """An input. `attributes`: further HTML attributes, such as type, autocomplete or list."""

    widget_class: ClassVar[type[forms.Widget]] = forms.TextInput

    def __init__(
        self,
        label: str = "",
        *,
        hint: str = "",
        required: bool = False,
        max_length: int | None = None,
        **attributes: Any,
    ) -> None:
        self.max_length = max_length
        if max_length is not None:
            attributes["maxlength"] = max_length
        super().__init__(label=label, help_text=hint, required=required, widget=self.widget_class(attributes))

    def clean(self, value: Any) -> Any:
        """Return the value unchanged: the serializer validates it."""
        return value

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The sent text, or the initial value if nothing was sent. It is cut to the maximum length."""
        value = initial if data is None else data
        return value[: self.max_length] if isinstance(value, str) else value


class PasswordField(InputField):
    """The page never shows the typed password again."""

    widget_class = forms.PasswordInput


class CheckboxField(InputField):
    """Sends `on`, or nothing."""

    widget_class = forms.CheckboxInput


class ConfirmationField(CheckboxField):
    """Never drawn ticked, so a person confirms each try."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return False


class SelectField(InputField):
    widget_class: ClassVar[type[ChoiceWidget]] = forms.Select
    widget: ChoiceWidget

    def __init__(self, label: str, choices: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(label, **options)
        self.widget.choices = list(choices)


class RadioField(SelectField):
    widget_class = forms.RadioSelect


class ButtonsField(RadioField):
    """Choices in a row of large buttons: one tap each, also with a thumb."""

    def __init__(self, label: str, choices: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(label, choices, **options)
        self.template_name = "astral/forms/rating.html"


class RatingField(ButtonsField):
    """Whole numbers in a row of large buttons. The first one, a dash, says nothing.

    `words`: the meaning of some numbers.
    """

    def __init__(self, label: str, numbers: range, words: Mapping[int, str], **options: Any) -> None:
        choices = [(str(number), f"{number} {words.get(number, '')}".strip()) for number in numbers]
        super().__init__(label, [("", "–"), *choices], **options)


class FaceField(RatingField):
    """Five faces from sad to happy, each with its word. The first choice, a dash, says nothing."""

    def __init__(self, label: str, words: Mapping[int, str], **options: Any) -> None:
        super().__init__(label, range(1, 6), {}, **options)
        self.widget.choices = [("", "–"), *((str(number), words[number]) for number in range(1, 6))]
        self.template_name = "astral/forms/faces.html"


class TextAreaField(InputField):
    """A text of several lines."""

    widget_class = forms.Textarea


class FormVersionField(InputField):
    """A hash of the row's current values. A sent hash is never drawn again."""

    widget_class = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class FormTokenField(InputField):
    """A new random token each time the form is drawn. A sent token is never drawn again."""

    widget_class = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(max_length=FORM_TOKEN_LENGTH)
        self.initial = create_form_token

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


def create_form_token() -> str:
    return token_hex(FORM_TOKEN_LENGTH // 2)


class SerializerForm(forms.Form):
    """A form that `serializer_class` validates. `cleaned_data`: the serializer's values.

    `is_saved_once`: the form has a one-time token, so that the page saves it once if it is sent twice. Turn
    it off for a form that creates nothing, and say why.
    `context`: the serializer's context. `ignores_empty`: an empty field counts as not sent.
    `extra_fields`: what the template sends besides the form's own fields. Other fields are refused.
    `refusal_field`: where to show a refusal that names no field; by default above the form.
    `id_prefix`: makes the HTML ids unique on a page with several forms.
    """

    serializer_class: ClassVar[type[StrictSerializer]]
    is_saved_once: ClassVar[bool] = True
    ignores_empty: ClassVar[bool] = False
    extra_fields: ClassVar[tuple[str, ...]] = ()
    refusal_field: ClassVar[str] = ""
    id_prefix: ClassVar[str] = ""
    default_renderer = FormRenderer()
    form_token = FormTokenField()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, str] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        auto_id = f"field-{self.id_prefix}%s"
        super().__init__(data, initial=dict(initial or {}), auto_id=auto_id, label_suffix="")
        self.sent = QueryDict(mutable=True) if data is None else data.copy()
        self.context = context or {}
        self.sent_token = ""
        if self.is_saved_once:
            self.sent_token = str(self.sent.pop("form_token", [""])[-1])[:FORM_TOKEN_LENGTH]
        else:
            del self.fields["form_token"]

    def set_choices(self, field: str, choices: Iterable[tuple[str, str]]) -> None:
        """Set the choices of a required list, for this form only."""
        cast(SelectField, self.fields[field]).widget.choices = [CHOOSE, *choices]

    def clean(self) -> dict[str, Any]:
        """The serializer's values; empty if it refuses."""
        fields = remove_empty_fields(self.sent) if self.ignores_empty else self.sent
        try:
            names = [name for name in self.fields if name != "form_token"]
            check_field_names(fields, known=[*names, *self.extra_fields])
            sent = {name: str(value) for name, value in fields.items()}
            return self.serializer_class.parse(self.to_request_data(sent), **self.context)
        except ValidationError as error:
            self.add_refusal(error)
            return {}

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """The form's fields as the API expects them: its names, units and nulls."""
        return fields

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        """Map an error of the API to the form's field and the page's text."""
        return field, text

    def add_refusal(self, refusal: ValidationError | ApiError) -> None:
        """Show each error beside its field. Show the first errors of other fields above the form."""
        detail: Any = refusal.detail
        if isinstance(refusal, ApiError):
            detail = {refusal.details.get("field", self.refusal_field): detail}
        errors = [self.explain_error(field, text) for field, text in group_field_errors(detail).items()]
        for field, text in errors:
            if field in self.fields:
                self.add_error(field, text)
        for text in [text for field, text in errors if field not in self.fields][:ERRORS_IN_SENTENCE]:
            self.add_error(None, text)


class EditForm(SerializerForm):
    """A form of a stored row. It refuses to overwrite what another person changed after it was shown.

    It needs no one-time token: sent twice, it changes the row once.

    `initial`: the values that the row has now. The form compares them before the write, without a lock:
    the page's `save` checks again under its lock. What is sent without a version is not compared.
    """

    is_saved_once = False
    form_version = FormVersionField()

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, str], **options: Any) -> None:
        self.version = _hash_values(initial)
        super().__init__(data, initial={**initial, "form_version": self.version}, **options)

    def clean(self) -> dict[str, Any]:
        sent_version = self.cleaned_data["form_version"]
        if sent_version and sent_version != self.version:
            self.data = self.initial  # draws the current values
            self.add_error(None, EDIT_CONFLICT_MESSAGE)
            return {}
        self.sent = self.sent.copy()
        self.sent.pop("form_version", None)
        return super().clean()


def form_data(request: HttpRequest) -> QueryDict:
    """The fields of a sent form, including empty ones, without the CSRF token."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def remove_empty_fields(fields: QueryDict) -> QueryDict:
    filled = QueryDict(mutable=True)
    for name, values in fields.lists():
        if filled_values := [value for value in values if value != ""]:
            filled.setlist(name, filled_values)
    return filled


def group_field_errors(detail: Any) -> Mapping[str, str]:
    """One error text for each field; errors of the whole form are under the empty name."""
    texts: dict[str, str] = {}
    for error in flatten_field_errors(detail):
        texts[error.field] = (
            f"{texts[error.field]} {error.message}" if error.field in texts else error.message
        )
    return texts


def capitalize_labels(choices: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """The choices of a model's enumeration, with labels for a list."""
    return [(str(value), capfirst(str(label))) for value, label in choices]


def _hash_values(values: Mapping[str, str]) -> str:
    return sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
