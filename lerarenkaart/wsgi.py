"""The door for web servers. Embedded, this process also runs the tasks."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")

application = get_wsgi_application()

from lerarenkaart import celery  # noqa: E402 -- the applications are loaded first

celery.start_embedded_worker()
