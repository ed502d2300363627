"""Loaded by pytest before anything else: the environment the tests run in.

DATABASE_URL and REDIS_URL come from tests/run.py; without them SQLite and the embedded mode are tested.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "een-sleutel-voor-de-proeven-en-nergens-anders")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="lerarenkaart-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the test's thread
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["DEBUG"] = "off"
Path(os.environ["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
