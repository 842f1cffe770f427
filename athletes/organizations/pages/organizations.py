"""The list of clubs: for staff all, for others those they coach in. Base of the pages of one club."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from astral.http.fields import StrictSerializer, TextField, WholeNumberField
from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage
from athletes.access.protected_page import ProtectedPage
from athletes.models import Organization, User
from athletes.organizations.membership import create_organization
from athletes.organizations.serializers import OrganizationRequest
from athletes.roles import Role, Status

ORGANIZATIONS_PER_PAGE = 50


class OrganizationListQuery(StrictSerializer):
    search = TextField(required=False, max_length=200, help_text="Part of a club's name.")
    page = WholeNumberField(default=1, min_value=1, max_value=100_000, help_text="From 1.")


class OrganizationListPage(ProtectedPage):
    """Two statements besides those for the page user: the number of clubs, and one page of them."""

    template_name = "athletes/organizations/organizations.html"
    query_serializer_class = OrganizationListQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.parse_query()
        return self.page(section="roster", **self._build_list_context(query.get("search", ""), query["page"]))

    def _build_list_context(self, search: str, page: int) -> dict[str, Any]:
        active = Q(memberships__status=Status.ACTIVE, memberships__role=Role.ATHLETE)
        clubs = Organization.objects.reached_by(self.permit.viewer, self.permit.row.right)
        clubs = clubs.filter(name__icontains=search)
        first, total = (page - 1) * ORGANIZATIONS_PER_PAGE, clubs.count()
        counted = clubs.annotate(athletes=Count("memberships", filter=active)).order_by("name", "pk")
        rows = list(counted[first : first + ORGANIZATIONS_PER_PAGE])
        return {
            "clubs": rows,
            "search": search,
            "first": first + 1,
            "last": first + len(rows),
            "total": total,
            "previous": _build_url(search, page - 1) if page > 1 else "",
            "next": _build_url(search, page + 1) if page * ORGANIZATIONS_PER_PAGE < total else "",
        }


class NewOrganizationForm(SerializerForm):
    serializer_class = OrganizationRequest
    name = InputField("Name of the club", required=True, max_length=120, autocomplete="organization")


class NewOrganizationPage(ProtectedPage, FormPage):
    """The form that founds a club. Whoever founds it leads it."""

    template_name = "athletes/organizations/new_organization.html"
    form_class = NewOrganizationForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        club = create_organization(self.person, values["name"])
        User.objects.filter(pk=self.person.pk).update(setup_closed_at=None)  # the checklist is of use again
        messages.success(self.request, f"{club} is founded. You lead it.")
        return redirect(f"{reverse('start-page')}?org_id={club.public_id}")


def _build_url(search: str, page: int) -> str:
    return (
        f"{reverse('clubs-page')}?{urlencode({'search': search, 'page': page} if search else {'page': page})}"
    )


class OrganizationPage(ProtectedPage):
    """Base of the pages of one club. Without org_id, staff who coach nowhere are sent to the list."""

    def redirect_if_unspecified(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method == "POST" or self.given().get("org_id") or not self.person.is_staff:
            return None
        return None if self.page_user.is_coach else redirect("clubs-page")
