"""Staff pages over people and clubs, at home with 10,000 of them.

A person is searched for by the trigram column and chosen by autocomplete, lists make a fixed number of
statements, and every change raises the data version of the athletes it concerns.
"""

from axes.admin import AccessFailureLog, AccessLog  # registers its pages; attempts stay, logs are empty
from django.contrib import admin
from django.contrib.auth.models import Group  # Django's, which nobody here has: Astral's groups are of clubs
from knox.admin import models as knox  # registers knox's own page, which would list every digest

from athletes.admin import access, organizations, people, thresholds

__all__ = ["access", "organizations", "people", "thresholds"]

admin.site.site_header = "Astral"
admin.site.site_title = "Astral admin"
admin.site.index_title = "People, clubs and training"
admin.site.unregister([knox.AuthToken, Group, AccessLog, AccessFailureLog])
