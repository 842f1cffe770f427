"""Staff pages: organizations, memberships and groups."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from athletes.admin.pages import BaseAdmin, FixedFieldsForm, VersionedAdmin
from athletes.models import Group, Membership, Organization, User
from athletes.organizations.consent import record_consent_on_joining
from athletes.organizations.deletion import delete_organizations
from athletes.organizations.membership import bump_organization_version
from athletes.roles import COACHING_ROLES, Role, Status


@admin.register(Organization)
class OrganizationAdmin(BaseAdmin):
    """Members have their own list page, because an organization may have thousands."""

    fields = ("name", "requires_second_factor", "public_id", "created_at", "members")
    readonly_fields = ("public_id", "created_at", "members")
    list_display = ("name", "athletes", "coaches", "members", "created_at")
    search_fields: ClassVar = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        active = Q(memberships__status=Status.ACTIVE)
        rows: QuerySet[Organization] = super().get_queryset(request)
        return rows.annotate(
            athletes=Count("memberships", filter=active & Q(memberships__role=Role.ATHLETE)),
            coaches=Count("memberships", filter=active & Q(memberships__role__in=COACHING_ROLES)),
        )

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        """Also bump all members: their cached answers contain the name."""
        bump_organization_version(obj.pk, obj.memberships.values_list("user", flat=True) if change else ())
        if change:
            obj.save(
                update_fields=["name", "requires_second_factor"]
            )  # do not write back the version, which may have risen meanwhile
        else:
            obj.save()

    def delete_model(self, request: HttpRequest, obj: Organization) -> None:
        delete_organizations([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Organization]) -> None:
        delete_organizations([club.pk for club in queryset])

    @admin.display(description="active athletes", ordering="athletes")
    def athletes(self, row: Any) -> int:
        return int(row.athletes)

    @admin.display(description="active coaches", ordering="coaches")
    def coaches(self, row: Any) -> int:
        return int(row.coaches)

    @admin.display(description="members")
    def members(self, row: Organization) -> str:
        address = reverse("admin:athletes_membership_changelist")
        return format_html('<a href="{}?organization__id__exact={}">Members</a>', address, row.pk)


class MembershipForm(FixedFieldsForm):
    fixed_fields = ("user", "organization")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        coach, club = cleaned.get("assigned_coach"), cleaned.get("organization")
        if coach and club and "assigned_coach" in self.changed_data and not _is_active_coach(coach, club):
            self.add_error("assigned_coach", f"{coach} is not an active coach of {club}.")
        return cleaned


def _is_active_coach(user: User, club: Organization) -> bool:
    return Organization.objects.coached_by(user).filter(pk=club.pk).exists()


class UserMembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    form = MembershipForm
    fk_name = "user"
    fields = ("organization", "role", "status", "assigned_coach", "level", "labels")
    autocomplete_fields: ClassVar = ("organization", "assigned_coach")
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows: QuerySet[Membership] = super().get_queryset(request)
        return rows.select_related("user", "organization")  # str(Membership) needs them


@admin.register(Membership)
class MembershipAdmin(VersionedAdmin):
    owner = "user_id"
    form = MembershipForm
    fields = (
        "user", "organization", "role", "status", "assigned_coach", "level", "labels", "notes", "joined_at",
        "public_id",
    )  # fmt: skip
    readonly_fields = ("public_id",)
    autocomplete_fields: ClassVar = ("user", "organization", "assigned_coach")
    list_display = ("user", "organization", "role", "status", "assigned_coach", "level", "joined_at")
    list_filter: ClassVar = ("role", "status")
    search_fields: ClassVar = ("user__search_key__contains",)
    search_help_text = "The member's name or e-mail address."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows: QuerySet[Membership] = super().get_queryset(request)
        return rows.select_related("user", "organization", "assigned_coach")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        bump_organization_version(obj.organization_id)
        super().save_model(request, obj, form, change)
        if obj.role == Role.ATHLETE and (not change or "role" in form.changed_data):
            record_consent_on_joining(obj.user.athlete, obj.organization, None, timezone.now())

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        bump_organization_version(obj.organization_id)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        Organization.objects.filter(
            pk__in=list(queryset.values_list("organization", flat=True))
        ).bump_version()
        super().delete_queryset(request, queryset)


class GroupForm(FixedFieldsForm):
    """Staff choose users; the group stores their memberships in its organization."""

    fixed_fields = ("organization",)
    people = forms.ModelMultipleChoiceField(
        User.objects.all(),
        required=False,
        label="Members",
        widget=AutocompleteSelectMultiple(Membership._meta.get_field("user"), admin.site),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.initial["people"] = list(self.instance.members.values_list("user", flat=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        people, club = cleaned.get("people"), cleaned.get("organization")
        if people is not None and club and (others := people.exclude(memberships__organization=club)):
            self.add_error("people", f"Not in {club}: {', '.join(map(str, others))}.")
        return cleaned

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        chosen = Membership.objects.filter(user__in=self.cleaned_data["people"])
        self.instance.members.set(chosen.filter(organization=self.instance.organization))


@admin.register(Group)
class GroupAdmin(BaseAdmin):
    form = GroupForm
    fields = ("organization", "name", "people", "public_id", "created_at")
    readonly_fields = ("public_id", "created_at")
    autocomplete_fields: ClassVar = ("organization",)
    list_display = ("name", "organization", "size", "created_at")
    list_select_related: ClassVar = ("organization",)
    search_fields: ClassVar = ("name", "organization__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.annotate(size=Count("members"))

    @admin.display(description="members", ordering="size")
    def size(self, row: Any) -> int:
        return int(row.size)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = _member_ids(form.instance)
        chosen = {person.pk for person in form.cleaned_data["people"]}
        bump_organization_version(form.instance.organization_id, {*before, *chosen})
        super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        bump_organization_version(obj.organization_id, _member_ids(obj))
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        for group in queryset:
            bump_organization_version(group.organization_id, _member_ids(group))
        super().delete_queryset(request, queryset)


def _member_ids(*groups: Group) -> list[Any]:
    return list(Membership.objects.filter(groups__in=groups).values_list("user", flat=True))
