"""The key of a cached answer: everything that the answer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.core.cache import cache

from astral.http.renderers import dumps

ANSWER_SCHEMA_VERSION = 3  # raise it when an answer changes its shape: then older answers are not found


@dataclass(frozen=True, kw_only=True)
class CacheKey:
    """What an answer depends on. If any field differs, the Redis key and the ETag differ."""

    name: str  # of the call, such as "athlete_profile"
    question: Mapping[str, Any]  # the parameters of the call; their order does not matter
    owner: UUID  # the athlete or organization that the answer is about
    scope: Any  # the part of the answer that depends on the viewer: text or a dataclass
    version: Any  # one data version, or several
    day: Any  # the athlete's local date, or several athletes' dates

    @cached_property
    def digest(self) -> str:
        question = sorted(self.question.items())
        parts = [ANSWER_SCHEMA_VERSION, self.name, question, self.owner, self.scope, self.version, self.day]
        return blake2b(dumps(parts), digest_size=16).hexdigest()

    @property
    def redis_key(self) -> str:
        return build_owner_prefix(self.owner) + self.digest

    @property
    def lock_key(self) -> str:
        return f"{self.redis_key}:turn"

    @property
    def etag(self) -> str:
        return f'W/"{self.digest}"'


def build_owner_prefix(owner: UUID) -> str:
    """How the Redis keys of this owner's answers begin."""
    return str(cache.make_key(f"answer:{owner}:"))


def build_deleted_key(owner: UUID) -> str:
    """The Redis key that marks an owner as deleted. It contains a hash instead of the owner's id."""
    return str(cache.make_key(f"forgotten:{blake2b(str(owner).encode(), digest_size=16).hexdigest()}"))
