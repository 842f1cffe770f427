"""Buttons of the roster page: save and delete a view."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from astral.http.forms import form_data, remove_empty_fields
from astral.http.pages import ActionPage
from athletes.access.protected_page import ProtectedPage
from coaching.roster.saved_views.serializers import RosterViewForm, RosterViewNameForm, format_filters
from coaching.roster.saved_views.store import delete_view, save_view


class SaveRosterViewPage(ProtectedPage, ActionPage):
    return_page = "roster-page"
    serializer_class = RosterViewForm
    view_url = ""

    def parse_fields(self, request: HttpRequest) -> dict[str, Any]:
        fields = remove_empty_fields(form_data(request))
        columns = fields.pop("columns", [])
        values = RosterViewForm.parse({**fields.dict(), "columns": columns})
        return values | {"next": ""}  # it leads to the saved view

    def apply_change(self, values: dict[str, Any]) -> str:
        view = save_view(self.person, values["name"], values["columns"], format_filters(values))
        self.view_url = f"?{urlencode({'view': view.name} | view.filters)}"
        return f"View “{view.name}” saved."

    def build_return_url(self) -> str:
        return reverse(self.return_page) + self.view_url


class DeleteRosterViewPage(ProtectedPage, ActionPage):
    return_page = "roster-page"
    serializer_class = RosterViewNameForm

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_view(self.person, values["name"])
        return f"View “{values['name']}” deleted."
