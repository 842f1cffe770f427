"""Attempts to sign in, counted by django-axes per account and address, and here per address over all accounts."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest


class LoginAttemptHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """One guess at each of many accounts is no way around the limit."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        failures = int(super().get_failures(request, credentials))
        if self._count_failures_from_address(request) < settings.LOGIN_ATTEMPTS_PER_ADDRESS:
            return failures
        return max(failures, int(get_failure_limit(request, credentials)))

    def _count_failures_from_address(self, request: HttpRequest) -> int:
        """One statement, by django-axes' index of addresses; 0 where the address is unknown."""
        address = getattr(request, "axes_ip_address", None)
        lately = AccessAttempt.objects.filter(
            ip_address=address, attempt_time__gt=get_cool_off_threshold(request)
        )
        return (lately.aggregate(sum=Sum("failures_since_start"))["sum"] or 0) if address else 0
