"""Pages: the inbox, the switches for e-mail in Settings, and the link that switches a kind off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from astral.http.error_pages import render_error_page
from astral.http.fields import StrictSerializer, WholeNumberField
from astral.http.forms import CheckboxField, SerializerForm
from astral.http.pages import ActionPage, FormPage, NextUrlFields
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.email_links.verified_addresses import is_address_verified
from athletes.models import Notice
from athletes.models.notices import NoticeKind
from athletes.notices.inbox import (
    InboxEntry,
    find_notices,
    mark_all_read,
    mark_notices_read,
    read_entries,
)
from athletes.notices.serializers import SwitchChanges
from athletes.notices.switches import change_switches, load_switches
from athletes.notices.texts import read_notice_texts
from athletes.notices.unsubscribing import UnsubscribeRequest, parse_unsubscribe_token, switch_off

NOTICES_PER_PAGE = 50
DEAD_LINK = "This link does not work. Sign in, and switch e-mails off in Settings, Notices."


class NoticesPageQuery(StrictSerializer):
    page = WholeNumberField(default=1, min_value=1, max_value=100_000, help_text="From 1.")


class InboxDay(NamedTuple):
    day: date
    entries: list[InboxEntry]


class NoticesPage(ProtectedPage):
    """The inbox by day, newest first."""

    template_name = "athletes/notices/notices.html"
    query_serializer_class = NoticesPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        number = self.parse_query()["page"]
        first = (number - 1) * NOTICES_PER_PAGE
        found = list(find_notices(self.person)[first : first + NOTICES_PER_PAGE + 1])
        entries = read_entries(self.person, found[:NOTICES_PER_PAGE], timezone.now())
        return self.page(
            section="notices",
            days=list(_group_by_day(entries, self.page_user.zone)),
            newer=_build_inbox_url(number - 1) if number > 1 else "",
            older=_build_inbox_url(number + 1) if len(found) > NOTICES_PER_PAGE else "",
        )


def _group_by_day(entries: Iterable[InboxEntry], zone: ZoneInfo) -> Iterator[InboxDay]:
    for day, group in groupby(entries, lambda entry: entry.notice.created_at.astimezone(zone).date()):
        yield InboxDay(day, list(group))


def _build_inbox_url(number: int) -> str:
    return f"{reverse('notices-page')}?page={number}"


class OneNoticePage(ProtectedPage):
    """A page that the id of one notice addresses."""

    notice: Notice

    def load_target(self) -> None:
        notice_id = parse_id(Notice.prefix, self.kwargs["notice_id"], "notice_id")
        self.notice = self.permit.get_or_forbidden(find_notices(self.person).filter(pk=notice_id).first())


class NoticePage(OneNoticePage):
    """Opens what the notice is about, and marks it as read. Links in e-mails lead here."""

    def get(self, request: HttpRequest, notice_id: str) -> HttpResponse:
        now = timezone.now()
        mark_notices_read(self.person.pk, [self.notice.pk], now)
        text = read_notice_texts(self.person, [self.notice], now).get(self.notice.pk)
        return redirect(text.path if text and text.path else "notices-page")


class NoticeReadPage(OneNoticePage, ActionPage):
    return_page = "notices-page"
    serializer_class = NextUrlFields

    def apply_change(self, values: dict[str, Any]) -> str:
        mark_notices_read(self.person.pk, [self.notice.pk], timezone.now())
        return "Marked as read."


class NoticesReadAllPage(ProtectedPage, ActionPage):
    return_page = "notices-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        mark_all_read(self.person, timezone.now())
        return "All notices are marked as read."


class NoticeSwitchesForm(SerializerForm):
    """A box for each kind."""

    is_saved_once = False  # it creates nothing
    serializer_class = SwitchChanges

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for kind in NoticeKind:
            self.fields[kind.value] = CheckboxField(kind.label)

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """A box that is not ticked is not sent."""
        known = {kind.value for kind in NoticeKind}
        others = {name: value for name, value in fields.items() if name not in known}
        return others | {name: bool(fields.get(name)) for name in sorted(known)}


class NoticeSwitchesPage(ProtectedPage, FormPage):
    template_name = "athletes/notices/switches.html"

    def build_form(self, data: QueryDict | None = None) -> NoticeSwitchesForm:
        initial = {} if data is not None else load_switches(self.person.pk)
        return NoticeSwitchesForm(data, initial={str(kind): value for kind, value in initial.items()})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        change_switches(self.person.pk, values, timezone.now())
        messages.success(self.request, "Saved.")
        return redirect("notice-settings-page")

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "sends_email": settings.SENDS_EMAIL,
            "is_verified": is_address_verified(self.person),
        }


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribePage(ProtectedPage):
    """Switches off e-mails of one kind, for who holds the link of an e-mail. GET changes nothing.

    Mail programs post to it without cookies (RFC 8058), so it needs no token against forged forms. A forged
    one would need the signed link.
    """

    template_name = "athletes/notices/unsubscribe.html"
    max_form_bytes: ClassVar[int | None] = 10_000

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        wanted = parse_unsubscribe_token(token)
        return self._render(wanted, is_done=False) if wanted else self._refuse()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """The body does not matter: mail programs send List-Unsubscribe=One-Click."""
        wanted = parse_unsubscribe_token(token)
        if wanted is None:
            return self._refuse()
        switch_off(wanted, timezone.now())
        return self._render(wanted, is_done=True)

    def _render(self, wanted: UnsubscribeRequest, *, is_done: bool) -> HttpResponse:
        return self.page(kind=wanted.kind.label, is_done=is_done)

    def _refuse(self) -> HttpResponse:
        return render_error_page(self.request, 404, DEAD_LINK)
