"""The number of comments that are new to a person. A higher app counts them (`settings.UNREAD_COUNTER`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from athletes.models import User

UnreadCounter = Callable[[User, datetime], int]


@cache
def load_unread_counter() -> UnreadCounter:
    counter: UnreadCounter = import_string(settings.UNREAD_COUNTER)
    return counter
