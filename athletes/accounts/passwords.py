"""A new password: good enough, and whoever is signed in with the old one elsewhere is not any more."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as Invalid
from django.http import HttpRequest
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import ErrorDetail

from athletes.models import User


def check_new_password(password: str, user: User) -> None:
    """ValidationError of the field `password` with every rule that it breaks."""
    try:
        validate_password(password, user)
    except Invalid as error:
        told = [ErrorDetail(fault.messages[0], fault.code or "invalid") for fault in error.error_list]
        raise ValidationError({"password": told}) from error


def change_password(request: HttpRequest, user: User, password: str) -> None:
    """Ends every token and every page session but the one of this request."""
    check_new_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
