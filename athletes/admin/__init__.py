"""Staff pages for users and organizations, fast enough for 10,000 of them.

Users are searched by the trigram column and chosen by autocomplete. Lists make a fixed number of SQL
statements. Every change bumps the data version of the affected athletes.
"""

# Importing allauth's admin registers its pages, which are removed below.
from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession

# Importing axes.admin registers its pages. The page of attempts stays. The logs are always empty, so their
# pages are removed below.
from axes.admin import AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group  # Django's, not used here: Astral has its own training groups
from knox.admin import models as knox  # registers knox's page, which would list all digests

from athletes.admin import access, notices, organizations, people, thresholds
from athletes.admin.sign_in import StaffSignInForm

__all__ = ["access", "notices", "organizations", "people", "thresholds"]

admin.site.site_header = "Astral"
admin.site.site_title = "Astral admin"
admin.site.index_title = "People, clubs and training"
admin.site.unregister(
    [Authenticator, EmailAddress, UserSession, knox.AuthToken, Group, AccessLog, AccessFailureLog]
)
admin.site.login_form = StaffSignInForm
