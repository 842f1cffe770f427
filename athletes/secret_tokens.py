"""Secrets that are shown once.

The database stores only a digest, which finds the row but does not reveal the secret. A secret has 256 random
bits and cannot be guessed, so a plain hash without salt is enough.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe


def generate_secret(prefix: str = "") -> str:
    return f"{prefix}{token_urlsafe(32)}"


def hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
