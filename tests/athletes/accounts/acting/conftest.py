"""A member of staff who may act as people."""

from __future__ import annotations

import pytest

from athletes.models import User
from tests.support.cast import Cast


@pytest.fixture
def staff(cast: Cast) -> User:
    User.objects.filter(pk=cast.stella.pk).update(is_superuser=True)
    return User.objects.get(pk=cast.stella.pk)
