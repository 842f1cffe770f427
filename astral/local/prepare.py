"""Prepare the database: create the tables, and load the demo if wanted.

`astral.local.run` calls it as `python -m astral.local.prepare`. Exit status: 0, EXIT_DEMO_EXISTS if the
demo's users can sign in, else a failure.
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

from astral import environment as env
from astral.local.welcome import DEMO_SIGN_INS, EXIT_DEMO_EXISTS


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
    elif env.read_flag("DEMO", default=True):
        call_command("demo", if_empty=True)
    demo = get_user_model().objects.filter(email__in=DEMO_SIGN_INS, is_active=True)
    return EXIT_DEMO_EXISTS if demo.exists() else 0


if __name__ == "__main__":
    sys.exit(main())
