"""The door for web servers. Embedded, this process also runs the tasks."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402 -- the applications are loaded first
from django.urls import resolve  # noqa: E402

from lerarenkaart import celery, database, logs  # noqa: E402

logs.mask_crashes()

if not settings.EMBEDDED:
    database.hurry()
# Reading the code of all pages takes half a second: before the process lets anyone in, not while the first one waits.
resolve("/healthz")
celery.start_embedded_worker()
