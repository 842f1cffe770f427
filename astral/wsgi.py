"""The WSGI application that gunicorn serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
application = get_wsgi_application()

# Every view is loaded now and stays for good: to look through all that for garbage, as a large answer made Python do
# again and again, took a third of a roster's time.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
