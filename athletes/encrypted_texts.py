"""Encrypts short secrets that must be read again, with a key made from SECRET_KEY.

So a copy of the database alone reveals none of them.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

__all__ = ["InvalidToken", "decrypt_text", "encrypt_text"]


def encrypt_text(purpose: str, text: str) -> str:
    """`purpose`: a name such as athletes.second_factor. Each purpose has a key of its own."""
    return _load_cipher(purpose).encrypt(text.encode()).decode()


def decrypt_text(purpose: str, encrypted_text: str) -> str:
    """Raises InvalidToken if SECRET_KEY was changed and the old one is not in SECRET_KEY_FALLBACKS."""
    return _load_cipher(purpose).decrypt(encrypted_text.encode()).decode()


def _load_cipher(purpose: str) -> MultiFernet:
    """Encrypts with SECRET_KEY; decrypts with SECRET_KEY_FALLBACKS, too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(urlsafe_b64encode(_derive_key(purpose, key))) for key in keys])


def _derive_key(purpose: str, secret: str | bytes) -> bytes:
    return salted_hmac(purpose, "key", secret=secret, algorithm="sha256").digest()
