"""The sign-in form of the staff pages. It knows the password only."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from athletes.accounts.login_attempts import accept_attempt
from athletes.accounts.second_factor.authenticators import has_second_factor
from athletes.accounts.second_factor.requirement import lacks_second_factor


class StaffSignInForm(AdminAuthenticationForm):
    """Sends people with a second factor, and those who need one, to the sign-in page."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if has_second_factor(user) or lacks_second_factor(user):
            if self.request is not None:
                accept_attempt(self.request)
            link = f"{reverse('sign-in-page')}?next={reverse('admin:index')}"
            text = 'Your account needs a second step. <a href="{}">Sign in here.</a>'
            raise ValidationError(format_html(text, link), code="second_step")
