"""Secrets and signatures, as Standard Webhooks defines them (standardwebhooks.com)."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from secrets import token_bytes

from standardwebhooks.webhooks import Webhook as Signer

from athletes.encrypted_texts import InvalidToken, decrypt_text, encrypt_text
from athletes.models import Webhook

SECRET_PREFIX, SECRET_BYTES = "whsec_", 32
ENCRYPTION_PURPOSE = "athletes.webhooks"


def generate_webhook_secret() -> str:
    return f"{SECRET_PREFIX}{b64encode(token_bytes(SECRET_BYTES)).decode()}"


def encode_secret(url_safe_secret: str) -> str:
    """A secret of `derive_secret`, in the alphabet that webhooks use."""
    return f"{SECRET_PREFIX}{url_safe_secret.translate(str.maketrans('-_', '+/'))}="


def has_secret(webhook: Webhook, secret: str) -> bool:
    """Whether this is the webhook's secret. False for an empty one, and for one that cannot be decrypted."""
    try:
        return bool(secret) and decrypt_text(ENCRYPTION_PURPOSE, webhook.encrypted_secret) == secret
    except InvalidToken:
        return False


def encrypt_secret(secret: str) -> str:
    return encrypt_text(ENCRYPTION_PURPOSE, secret)


def sign_message(webhook: Webhook, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """The headers of a message: its id, the time, and a signature by each secret that is valid.

    Raises InvalidToken if the secret cannot be decrypted, because SECRET_KEY was changed.
    """
    encrypted = [webhook.encrypted_secret]
    if webhook.previous_secret_until is not None and now < webhook.previous_secret_until:
        encrypted.append(webhook.previous_encrypted_secret)
    signers = [Signer(decrypt_text(ENCRYPTION_PURPOSE, text)) for text in encrypted]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, now, body) for signer in signers),
    }
