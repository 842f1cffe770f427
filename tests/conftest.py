"""Fixtures that every test may ask for."""

from __future__ import annotations

import gc

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from hypothesis import settings

from tests.cast import Cast, make_cast

settings.register_profile("house", deadline=None)  # a busy machine is no fault of ours
settings.load_profile("house")
Argon2PasswordHasher.memory_cost = 1_024  # KiB instead of 100 MiB: here nobody attacks what is hashed


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again for garbage was a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of `tests.cast`, in the database."""
    return make_cast()


@pytest.fixture(autouse=True)
def _no_answers_from_the_test_before() -> None:
    cache.clear()
