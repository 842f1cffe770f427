"""Secrets that are shown once: the database keeps a digest, which finds the row but gives nothing away.

They are 256 random bits, so a plain hash is enough: there is nothing to guess that salt or slowness would protect.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe


def generate_secret(prefix: str = "") -> str:
    return f"{prefix}{token_urlsafe(32)}"


def hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
