"""What higher apps add to the page of an activity: `settings.ACTIVITY_PANELS` names the functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from athletes.models import User
from metrics.models import Activity


class PagePanel(Protocol):
    """A part of a page. Its template gets it as `panel`."""

    @property
    def template_name(self) -> str: ...


BuildPanel = Callable[[User, Activity, datetime], PagePanel]


@cache
def load_panel_builders() -> tuple[BuildPanel, ...]:
    return tuple(import_string(name) for name in settings.ACTIVITY_PANELS)


def build_panels(viewer: User, activity: Activity, now: datetime) -> list[PagePanel]:
    """The panels for a viewer who may see the activity."""
    return [build(viewer, activity, now) for build in load_panel_builders()]
