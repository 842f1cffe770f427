"""Limits failed sign-ins per network address. django-axes itself limits them per account and address."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, QueryDict


class LoginAttemptHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Also blocks an address that tries many accounts, and stores no form data."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count the failure. django-axes would also store the form, which may contain secrets."""
        if request is None:
            return super().user_login_failed(sender, credentials, request, **kwargs)  # type: ignore[no-any-return]
        form, query = request.POST, request.GET
        request.POST = request.GET = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.POST, request.GET = form, query

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        failures = int(super().get_failures(request, credentials))
        if self._count_failures_from_address(request) < settings.LOGIN_ATTEMPTS_PER_ADDRESS:
            return failures
        return max(failures, int(get_failure_limit(request, credentials)))

    def _count_failures_from_address(self, request: HttpRequest) -> int:
        """Recent failures from this address, in one SQL statement; 0 if the address is unknown."""
        address = getattr(request, "axes_ip_address", None)
        recent = AccessAttempt.objects.filter(
            ip_address=address, attempt_time__gt=get_cool_off_threshold(request)
        )
        return (recent.aggregate(sum=Sum("failures_since_start"))["sum"] or 0) if address else 0
