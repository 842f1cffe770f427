"""Staff page: act as a person. It asks for the reason, which the person reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from athletes.accounts.acting.periods import can_act_as, start_acting
from athletes.looks.buffer import look_buffer
from athletes.looks.collector import ACTING_DOOR, PROFILE, Look, format_athlete_ids
from athletes.models import User
from athletes.models.people import validate_plain


class ActingForm(forms.Form):
    reason = forms.CharField(
        min_length=10, max_length=300, validators=[validate_plain], widget=AdminTextInputWidget()
    )


def show_acting_page(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Ask for the reason, then begin. The access log of the person gets a look at once."""
    staff = request.user
    person = User.objects.select_related("athlete").filter(pk=user_id).first()
    if person is None:
        raise Http404
    if not isinstance(staff, User) or not can_act_as(staff, person):
        raise PermissionDenied
    form = ActingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        start_acting(request.session, staff, person, form.cleaned_data["reason"], timezone.now())
        who = ("staff", staff.pk, None)  # the answer is a redirect, which shows nothing by itself
        look_buffer.append([Look(*who, ACTING_DOOR, (PROFILE,), format_athlete_ids([person.pk]))])
        return redirect("sharing-page")
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": f"Act as {person}", "person": person, "form": form,
    }  # fmt: skip
    return render(request, "athletes/acting/start.html", context)
