"""Fields of an account that several forms have."""

from __future__ import annotations

from typing import Any

from django.forms import TextInput

from astral.http.fields import list_zone_names
from astral.http.forms import InputField, PasswordField, SerializerForm
from athletes.accounts.pages.time_zones import find_time_zone


class DisplayNameField(InputField):
    def __init__(self, *, required: bool = False) -> None:
        super().__init__(
            "Name",
            hint="Your coaches see this name.",
            required=required,
            autocomplete="name",
            max_length=120,
        )


class NewPasswordField(PasswordField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label,
            hint="At least 8 characters. Avoid common passwords.",
            required=True,
            max_length=256,
            autocomplete="new-password",
        )


class CurrentPasswordField(PasswordField):
    def __init__(self, label: str) -> None:
        super().__init__(label, required=True, max_length=256, autocomplete="current-password")


class LinkCodeField(InputField):
    """The secret of a link that was sent by e-mail. `link_code.js` fills it in and hides it."""

    def __init__(self) -> None:
        super().__init__(
            "Code",
            hint="The part of your link after the #.",
            required=True,
            max_length=500,
            autocomplete="off",
        )


class TimeZoneInput(TextInput):
    """A text input that suggests the names of all zones."""

    template_name = "athletes/accounts/time_zone_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"zones": sorted(list_zone_names())}


class TimeZoneField(InputField):
    widget_class = TimeZoneInput

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(
            "Time zone",
            hint="Your days and weeks start there. Type a city to find it.",
            required=required,
            max_length=64,
            autocomplete="off",
            list="zones",
        )


class TimeZoneForm(SerializerForm):
    """A form with a time zone, which may be typed as a city."""

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        zone = fields.get("timezone")
        return fields | {"timezone": find_time_zone(zone)} if zone else fields

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        if field == "timezone" and self.data.get("timezone"):
            return field, "No time zone has this name. Type a large city near you, such as Madrid."
        return super().explain_error(field, text)
