"""Secrets that are shown once.

The database stores only a digest, which finds the row but does not reveal the secret. A secret has 256 random
bits and cannot be guessed, so a plain hash without salt is enough.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from django.utils.crypto import salted_hmac


def generate_secret(prefix: str = "") -> str:
    return f"{prefix}{token_urlsafe(32)}"


def derive_secret(form_token: str, sender: UUID, prefix: str = "") -> str:
    """A secret that belongs to a form's one-time token, so that a repeated form shows the same secret.

    Only this server can compute it.
    """
    digest = salted_hmac("athletes.secret_tokens", f"{sender} {form_token}", algorithm="sha256").digest()
    return f"{prefix}{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
