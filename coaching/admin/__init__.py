"""Django admin of coaching, by subject."""

from . import assessments, athlete_records, calendar, comments, plans, races_and_absences

__all__ = ["assessments", "athlete_records", "calendar", "comments", "plans", "races_and_absences"]
