"""The forms of the webhook pages."""

from __future__ import annotations

from typing import Any

from astral.http.fields import ChoiceField, IdField, StrictSerializer
from astral.http.forms import CheckboxField, InputField, SerializerForm
from athletes.events.kinds import EventKind
from athletes.models import WebhookDelivery
from athletes.models.webhooks import LONGEST_URL
from athletes.webhooks.serializers import WebhookRequest

EVENT_LABELS = {
    EventKind.ACTIVITY_CREATED: "Activity stored",
    EventKind.ACTIVITY_UPDATED: "Activity changed",
    EventKind.ACTIVITY_DELETED: "Activity deleted",
    EventKind.SIGNAL_RAISED: "Signal raised",
    EventKind.SIGNAL_CLEARED: "Signal cleared",
    EventKind.SESSION_CHANGED: "Planned session changed",
    EventKind.IMPORT_DONE: "Import done",
    EventKind.MEMBER_JOINED: "Member joined",
    EventKind.MEMBER_LEFT: "Member left",
}
ACTIONS = ("test", "enable", "disable", "rotate", "delete", "resend")


class WebhookForm(SerializerForm):
    """The address, and a box for each kind of event."""

    serializer_class = WebhookRequest
    ignores_empty = True
    url = InputField(
        "Address", hint="Begins with https://.", type="url", required=True, max_length=LONGEST_URL
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for kind, label in EVENT_LABELS.items():
            self.fields[_name_box(kind)] = CheckboxField(label)

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """The page sends a box for each kind; the API takes a list."""
        events = [kind.value for kind in EVENT_LABELS if fields.pop(_name_box(kind), "")]
        return {**fields, "events": events}

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return ("", "Tick at least one event.") if field == "events" else (field, text)


def _name_box(kind: EventKind) -> str:
    return kind.value.replace(".", "_")


class WebhookActionRequest(StrictSerializer):
    do = ChoiceField(ACTIONS, help_text="What to do with the webhook.")
    delivery_id = IdField(WebhookDelivery.prefix, required=False, help_text="The message to send again.")


class WebhookActionForm(SerializerForm):
    serializer_class = WebhookActionRequest
    ignores_empty = True
    extra_fields = ("do", "delivery_id")
