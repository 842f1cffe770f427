"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from hypothesis import settings

from tests.cast import Cast, make_cast

settings.register_profile("house", deadline=None)  # a busy machine is no fault of ours
settings.load_profile("house")


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of `tests.cast`, in the database."""
    return make_cast()


@pytest.fixture(autouse=True)
def _no_answers_from_the_test_before() -> None:
    cache.clear()
