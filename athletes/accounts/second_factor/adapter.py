"""What allauth's second factors need to know from Astral: names, and how secrets are encrypted."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from athletes.encrypted_texts import decrypt_text, encrypt_text

SITE_NAME = "Astral"
SECRETS_PURPOSE = "athletes.second_factor"


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
        return encrypt_text(SECRETS_PURPOSE, text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_text(SECRETS_PURPOSE, encrypted_text)
