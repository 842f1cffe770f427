"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from astral.gc_tuning import freeze_loaded_objects

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
application = get_wsgi_application()

import_module(settings.ROOT_URLCONF)  # loads every view
freeze_loaded_objects()
