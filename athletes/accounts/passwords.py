"""Check and change passwords."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import ErrorDetail

from athletes.accounts.browsers import record_browser
from athletes.models import User


def check_new_password(password: str, user: User) -> None:
    """Raise ValidationError for the field `password`, with every rule it breaks."""
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        broken_rules = [ErrorDetail(rule.messages[0], rule.code or "invalid") for rule in error.error_list]
        raise ValidationError({"password": broken_rules}) from error


def change_password(request: HttpRequest, user: User, password: str, now: datetime) -> None:
    """Set a new password and end all tokens and all browser sessions except this one."""
    check_new_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    record_browser(request, user, now)  # the session has a new key
