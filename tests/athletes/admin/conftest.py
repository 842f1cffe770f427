"""A signed-in superuser for the tests of the staff pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.cast import create_person


@pytest.fixture
def root(db: None) -> Client:
    """A signed-in superuser."""
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client
