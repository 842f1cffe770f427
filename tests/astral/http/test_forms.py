"""Forms of pages: Django draws the fields, a serializer validates the values."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer, TextField, WholeNumberField
from astral.http.forms import (
    CHOOSE,
    EDIT_CONFLICT_MESSAGE,
    CheckboxField,
    EditForm,
    InputField,
    PasswordField,
    RadioField,
    SelectField,
    SerializerForm,
    group_field_errors,
    remove_empty_fields,
)

COLOURS = (("red", "Red"), ("blue", "Blue"))


class ShoeRequest(StrictSerializer):
    name = TextField(max_length=10)
    length_m = WholeNumberField(required=False, min_value=1)
    colour = ChoiceField(COLOURS, required=False)
    sure = ChoiceField(["on"], required=False)


class ShoeForm(SerializerForm):
    serializer_class = ShoeRequest
    name = InputField("Name", hint="Short & clear.", required=True, max_length=10, autocomplete="off")
    length_cm = InputField("Length")
    colour = SelectField("Colour", (CHOOSE, *COLOURS), required=True)
    sure = CheckboxField("Sure")

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        return {{"length_cm": "length_m"}.get(name, name): value for name, value in fields.items()}

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return ("length_cm", "Use a longer one.") if field == "length_m" else (field, text)


class ShoeEditForm(EditForm, ShoeForm):
    pass


def parse(query: str, **options: Any) -> ShoeForm:
    return ShoeForm(QueryDict(query), **options)


def draw(form: SerializerForm, field: str) -> str:
    return re.sub(r">\s+<", "><", str(form[field].as_field_group()))


def test_valid_form_has_the_values_of_the_serializer():
    form = parse("name=Fast&length_cm=30&colour=red&sure=on")
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Fast", "length_m": 30, "colour": "red", "sure": "on"}


def test_field_is_drawn_with_label_hint_and_attributes():
    assert draw(ShoeForm(initial={"name": "Fast"}), "name") == (
        '<div class="field"><label for="field-name">Name</label>'
        '<input type="text" name="name" value="Fast" autocomplete="off" maxlength="10" required '
        'aria-describedby="hint-name" id="field-name">'
        '<p class="hint" id="hint-name">Short &amp; clear.</p></div>'
    )


def test_error_is_drawn_beside_its_field():
    html = draw(parse("name=+&colour=red"), "name")
    assert 'aria-invalid="true" aria-describedby="error-name hint-name"' in html
    assert '<p class="field-error" id="error-name">This field may not be blank.</p>' in html


def test_error_of_the_api_is_explained_in_the_words_of_the_page():
    form = parse("name=Fast&length_cm=0")
    assert form.errors == {"length_cm": ["Use a longer one."]}
    assert 'value="0"' in draw(form, "length_cm")


def test_unknown_and_repeated_fields_are_refused():
    unknown = parse("name=Fast&" + "&".join(f"x{number}=1" for number in range(50)))
    assert "There is no parameter or field “x0” here." in unknown.non_field_errors()[0]
    assert len(unknown.non_field_errors()) == 3
    assert parse("name=Fast&name=Slow").errors == {"name": ["Send this only once."]}


def test_field_of_the_serializer_that_the_form_lacks_is_refused():
    parts = {"serializer_class": ShoeRequest, "name": InputField("Name")}
    refused = type("NameForm", (SerializerForm,), parts)(QueryDict("name=Fast&length_m=3"))
    assert "There is no parameter or field “length_m” here. Use name." in refused.non_field_errors()[0]
    parts |= {"name": InputField("Name"), "extra_fields": ("length_m",)}
    assert type("NameForm", (SerializerForm,), parts)(QueryDict("name=Fast&length_m=3")).is_valid()


def test_checkbox_and_radio_buttons_are_drawn():
    assert draw(parse("name=Fast&sure=on"), "sure") == (
        '<label class="choice"><input type="checkbox" name="sure" id="field-sure" checked> Sure</label>'
    )
    field = type("RadioForm", (SerializerForm,), {"colour": RadioField("Colour", COLOURS)})
    html = draw(field(initial={"colour": "blue"}), "colour")
    assert html.startswith('<fieldset class="field"><legend>Colour</legend><label class="choice">')
    assert re.findall(r'value="(\w+)"[^>]*checked', html) == ["blue"]


@pytest.mark.parametrize(
    "field",
    [
        InputField("Shoe", hint="Old."),
        SelectField("Shoe", COLOURS, hint="Old."),
        CheckboxField("Shoe", hint="Old."),
        RadioField("Shoe", COLOURS, hint="Old."),
    ],
)
def test_every_kind_of_field_has_the_hint_that_it_names(field: InputField):
    html = draw(type("HintForm", (SerializerForm,), {"shoe": field})(), "shoe")
    assert html.count('aria-describedby="hint-shoe"') == 1
    assert html.count('<p class="hint" id="hint-shoe">Old.</p>') == 1


def test_password_is_never_drawn_and_long_text_is_cut():
    form_class = type("LoginForm", (ShoeForm,), {"password": PasswordField("Password", max_length=20)})
    form = form_class(QueryDict("password=secret&name=" + "a" * 5_000))
    assert "secret" not in draw(form, "password")
    assert 'value="aaaaaaaaaa"' in draw(form, "name")


def test_text_is_escaped():
    form = parse("name=%3Cb%3E&colour=%3Cb%3E")
    assert "<b>" not in str(form)
    assert "&lt;b&gt;" in str(form)


@pytest.mark.parametrize(
    ("refusal", "errors"),
    [
        (ApiError("TAKEN", "It is taken.", field="name"), {"name": ["It is taken."]}),
        (ApiError("TAKEN", "It is taken."), {"__all__": ["It is taken."]}),
        (ApiError("LOCKED", "It is locked.", 429, field="other"), {"__all__": ["It is locked."]}),
        (ValidationError({"colour": ["Ugly.", "Too."]}), {"colour": ["Ugly. Too."]}),
    ],
)
def test_refusal_is_shown_beside_its_field_or_above_the_form(
    refusal: ApiError | ValidationError, errors: dict[str, list[str]]
):
    form = parse("name=Fast")
    assert form.is_valid()
    form.add_refusal(refusal)
    assert form.errors == errors
    assert str(form).count('role="alert"') == ("__all__" in errors)


def test_edit_form_keeps_what_another_person_changed():
    stored = {"name": "Fast", "colour": "red"}
    version = ShoeEditForm(initial=stored)["form_version"].value()
    changed = {"name": "Slow", "colour": "red"}
    stale = ShoeEditForm(QueryDict(f"name=Mine&colour=blue&form_version={version}"), initial=changed)
    assert stale.errors == {"__all__": [EDIT_CONFLICT_MESSAGE]}
    assert 'value="Slow"' in draw(stale, "name")
    assert stale["form_version"].value() not in ("", version)
    current = ShoeEditForm(QueryDict(f"name=Mine&colour=blue&form_version={version}"), initial=stored)
    assert current.is_valid()
    assert current.cleaned_data == {"name": "Mine", "colour": "blue"}
    assert ShoeEditForm(QueryDict("name=Mine"), initial=stored).is_valid()


def test_empty_form_fields_are_removed():
    filled = remove_empty_fields(QueryDict("search=&label=a&label=&group=b"))
    assert dict(filled.lists()) == {"label": ["a"], "group": ["b"]}


def test_errors_are_grouped_by_field():
    assert group_field_errors({"a": ["One.", "Two."], "non_field_errors": ["Three."]}) == {
        "a": "One. Two.",
        "": "Three.",
    }
