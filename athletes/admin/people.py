"""Staff pages: users and athletes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from astral.http.fields import list_zone_names
from athletes.accounts.acting.periods import can_act_as
from athletes.accounts.second_factor.authenticators import remove_all_factors
from athletes.accounts.sign_in import sign_out_everywhere
from athletes.admin.acting import show_acting_page
from athletes.admin.deletion import DeletionSummary
from athletes.admin.organizations import UserMembershipInline
from athletes.admin.pages import BaseAdmin, VersionedAdmin, bump_athlete_versions
from athletes.admin.thresholds import NewestThresholdsInline
from athletes.models import Athlete, Membership, Organization, User
from athletes.organizations.consent import record_consent_on_joining
from athletes.personal_data.account_deletion import delete_account, find_organizations_to_hand_over
from athletes.roles import Role

PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


class AthleteForm(forms.ModelForm):  # type: ignore[type-arg]
    ATHLETE_COLUMNS: ClassVar = (
        "timezone",
        "timezone_confirmed",
        "unit_system",
        "units_confirmed",
        "sex",
        "birth_date",
        "privacy_radius_m",
    )

    timezone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(list_zone_names())], label="Time zone"
    )

    def clean(self) -> dict[str, Any]:
        """A value that was changed here counts as confirmed."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["timezone_confirmed"] |= "timezone" in self.changed_data
        cleaned["units_confirmed"] |= "unit_system" in self.changed_data
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Write only these columns, because the data version may have risen meanwhile."""
        athlete = super().save(commit=False)
        if commit:
            athlete.save(update_fields=self.ATHLETE_COLUMNS)
        return athlete


class UserAthleteInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Athlete
    form = AthleteForm
    fields = (*AthleteForm.ATHLETE_COLUMNS, "data_version", "thresholds")
    readonly_fields = ("data_version", "thresholds")
    can_delete = False
    max_num = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # created together with the user

    @admin.display(description="thresholds")
    def thresholds(self, athlete: Athlete) -> str:
        return format_html(
            '<a href="{}">Thresholds</a>', reverse("admin:athletes_athlete_change", args=[athlete.pk])
        )


@admin.register(Athlete)
class AthleteAdmin(VersionedAdmin):
    """An athlete is created and deleted with its user."""

    owner = "pk"
    form = AthleteForm
    fields = ("user", "public_id", *AthleteForm.ATHLETE_COLUMNS, "data_version")
    readonly_fields = ("user", "public_id", "data_version")
    inlines: ClassVar = [NewestThresholdsInline]
    list_display = ("user", "email", "timezone", "unit_system", "sex", "birth_date", "data_version")
    list_filter: ClassVar = ("sex", "unit_system", "timezone_confirmed")
    search_fields: ClassVar = ("user__search_key__contains",)
    search_help_text = "Name or e-mail address."
    ordering = ("user__email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Athlete]:
        rows: QuerySet[Athlete] = super().get_queryset(request)
        return rows.select_related("user")  # also for autocomplete

    @admin.display(description="e-mail address", ordering="user__email")
    def email(self, athlete: Athlete) -> str:
        return athlete.user.email

    def save_model(self, request: HttpRequest, obj: Athlete, form: Any, change: bool) -> None:
        bump_athlete_versions([obj.pk])
        form.save()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "display_name")


class UserForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class CustomUserAdmin(BaseAdmin, UserAdmin):  # type: ignore[type-arg]
    """Users, who sign in by e-mail address.

    Only a superuser may grant permissions or change the account of staff. Otherwise staff who may edit users
    could set a superuser's password and take over that account.
    """

    form = UserForm
    add_form = NewUserForm
    add_fieldsets = (
        (None, {"fields": ("email", "display_name", "usable_password", "password1", "password2")}),
    )
    fieldsets = (
        (None, {"fields": ("email", "password", "username", "display_name", "profile_image_url")}),
        ("Permissions", {"fields": ("is_active", *PERMISSION_FIELDS)}),
        ("Record", {"fields": ("public_id", "last_login", "created_at", "session_epoch")}),
    )
    readonly_fields = ("public_id", "last_login", "created_at", "session_epoch")
    list_display = (
        "email",
        "display_name",
        "username",
        "clubs",
        "is_active",
        "is_staff",
        "last_login",
        "created_at",
    )
    list_filter: ClassVar = ("is_active", "is_staff", "is_superuser", "memberships__role")
    search_fields: ClassVar = ("search_key__contains",)
    search_help_text = "Name or e-mail address."
    ordering = ("email",)
    actions = ("end_every_token", "remove_second_factor")

    @admin.display(description="clubs")
    def clubs(self, user: User) -> str:
        return ", ".join(membership.organization.name for membership in user.memberships.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("memberships__organization")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(show_acting_page)
        return [path("<uuid:user_id>/act-as/", view, name="act-as"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        may_act = person is not None and can_act_as(cast(User, request.user), person)
        return super().change_view(request, object_id, form_url, (extra_context or {}) | {"may_act": may_act})

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [UserAthleteInline, UserMembershipInline] if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *PERMISSION_FIELDS)
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change_user(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change_user(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Write only changed columns, because the session epoch may have risen meanwhile."""
        if not change:
            return super().save_model(request, obj, form, change)
        _bump_organization_versions([obj.pk])
        bump_athlete_versions([obj.pk])
        columns = {field.name for field in User._meta.concrete_fields}
        return obj.save(update_fields=columns.intersection(form.changed_data))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Staff who make somebody an athlete of a club do not answer for their health."""
        super().save_formset(request, form, formset, change)
        if formset.model is Membership:
            changed = [row for row, names in formset.changed_objects if "role" in names]
            for row in [*formset.new_objects, *changed]:
                if row.role == Role.ATHLETE:
                    record_consent_on_joining(row.user.athlete, row.organization, None, timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        _bump_organization_versions([form.instance.pk])  # again, for memberships added on this page

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        privileged = queryset.filter(Q(is_staff=True) | Q(is_superuser=True))
        if not request.user.is_superuser and privileged.exists():
            raise PermissionDenied
        for person in queryset:
            delete_account(person, timezone.now())

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_account(obj, timezone.now())

    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest
    ) -> DeletionSummary:
        """List organizations to hand over first as protected rows, which hides the delete button."""
        rows, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        led = [
            f"{club}: hand it over first"
            for person in objs
            for club in find_organizations_to_hand_over(person)
        ]
        return rows, counts, forbidden, protected + led

    @admin.action(description="End every token and page session", permissions=["change"])
    def end_every_token(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            sign_out_everywhere(user)
            self.log_change(request, user, "Ended every token and page session.")
        messages.success(request, f"Signed out everywhere: {len(queryset)}.")

    @admin.action(description="Remove the second factor (lost phone)", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if not _may_change_user(request, user):
                raise PermissionDenied
            remove_all_factors(user)
            self.log_change(request, user, "Removed the second factor.")
        messages.success(request, f"Second factor removed: {len(queryset)}.")


def _bump_organization_versions(people: list[UUID]) -> None:
    """Bump the organizations of these users, because their cached rosters change."""
    Organization.objects.filter(
        pk__in=Membership.objects.filter(user__in=people).values("organization")
    ).bump_version()


def _may_change_user(request: HttpRequest, user: User | None) -> bool:
    return user is None or request.user.is_superuser or not (user.is_staff or user.is_superuser)
