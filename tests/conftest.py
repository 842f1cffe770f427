"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import transaction
from hypothesis import settings

from astral.gc_tuning import freeze_loaded_objects
from athletes.looks.buffer import look_buffer
from tests.athletes.access.world import World, make_world
from tests.support.cast import Cast, make_cast
from tests.support.shared_middleware import share_middleware

settings.register_profile("random", deadline=None)  # a slow machine must not fail a test
# The same examples on every run: only a change can cause a failure. `make test-random` tries others.
settings.register_profile("house", settings.get_profile("random"), derandomize=True)
settings.load_profile("house")
share_middleware()
Argon2PasswordHasher.memory_cost = 1_024  # KiB instead of 100 MiB: test passwords need no protection


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: a test that waits for a server leaves its core to another test."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 1


def pytest_collection_finish() -> None:
    """Exclude imported modules from garbage collection: it took a tenth of the suite's time."""
    freeze_loaded_objects()


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of `tests.support.cast`, in the database."""
    return make_cast()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of the authorization matrix. Created once for a module; rolled back at the end.

    Modules that use it need the mark django_db: each call is rolled back too.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _clear_cache() -> None:
    cache.clear()
    look_buffer.clear()
