"""Ids: UUIDv7 in the database, sorted by time; TypeID text outside (`usr_01j…`), with a prefix by kind."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from typeid import base32
from uuid_utils.compat import uuid7

SUFFIX_LENGTH = 26


class MalformedId(ValueError):
    """The text is not an id of the expected kind."""


def new_id() -> UUID:
    return uuid7()


def encode(prefix: str, identifier: UUID) -> str:
    return f"{prefix}_{base32.encode(identifier.bytes)}"


def decode(prefix: str, text: str) -> UUID:
    """The UUID of `text`. Raises MalformedId unless `encode` gives exactly this text."""
    head, _, suffix = text.rpartition("_")
    if head != prefix or len(suffix) != SUFFIX_LENGTH or not suffix.isascii():
        raise MalformedId(f"“{text[:64]}” is not an id such as {prefix}_…")
    try:
        identifier = UUID(bytes=bytes(base32.decode(suffix)))
    except Exception as error:  # the codec raises several types for foreign characters
        raise MalformedId(f"“{text[:64]}” is not an id such as {prefix}_…") from error
    if encode(prefix, identifier) != text:
        raise MalformedId(f"“{text[:64]}” is not an id such as {prefix}_…")
    return identifier


class PublicIdModel(models.Model):
    """A row with a public id."""

    prefix: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        return encode(self.prefix, self.id)

    @classmethod
    def parse_public_id(cls, text: str) -> UUID:
        return decode(cls.prefix, text)
