"""What allauth's second factors need to know from Astral: names, and how secrets are encrypted."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SITE_NAME = "Astral"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted with a key made from SECRET_KEY: a copy of the database gives no code."""

    def get_totp_issuer(self) -> str:
        """Authenticator apps show it. The host tells two Astral servers apart."""
        return f"{SITE_NAME} {context.request.get_host()}"

    def _get_site_name(self) -> str:
        return SITE_NAME

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """The browser shows these names when it asks which passkey to use."""
        return {"id": user.pk.hex.encode(), "name": user.email, "display_name": str(user)}

    def encrypt(self, text: str) -> str:
        return _load_cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _load_cipher().decrypt(encrypted_text.encode()).decode()


def _load_cipher() -> MultiFernet:
    """Encrypts with SECRET_KEY; decrypts with SECRET_KEY_FALLBACKS, too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(urlsafe_b64encode(_derive_key(key))) for key in keys])


def _derive_key(secret: str | bytes) -> bytes:
    return salted_hmac("athletes.second_factor", "key", secret=secret, algorithm="sha256").digest()
