"""Our site with another way to keep connections to the database, by BENCH_CONNECTIONS: kept, planned or each.

Served as `bench.connections:application`, to measure what the choice in settings.py is worth.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lerarenkaart.settings")

from django.conf import settings

way = os.environ["BENCH_CONNECTIONS"]
database = settings.DATABASES["default"]
if way == "each":
    database["CONN_MAX_AGE"] = 0
elif way == "planned":
    database["OPTIONS"] = database["OPTIONS"] | {"server_side_binding": False}
elif way != "kept":
    raise ValueError(way)

from lerarenkaart.wsgi import application  # noqa: E402, F401 -- after the settings
