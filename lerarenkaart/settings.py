"""All settings, from the environment only. interface.md §7 lists the names people may set.

Two modes from the same code. Embedded (the default): SQLite, one process, tasks in a worker
thread. Production: PostgreSQL through DATABASE_URL, Redis and Celery through REDIS_URL.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lerarenkaart import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.directory("VAR_DIR", default=BASE_DIR / "var")

# --- who and where ---------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "alleen-voor-ontwikkeling" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY ontbreekt. Zet een lange, geheime tekenreeks, of DEBUG=on om te proberen.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default="localhost 127.0.0.1 [::1]")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS=*: noem de namen van de site; een sterretje laat elke naam toe.")
NUM_PROXIES = env.whole_number("NUM_PROXIES", default=0)
DEMO = env.flag("DEMO")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")

# --- database --------------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'lerarenkaart.sqlite3'}"
if urlsplit(DATABASE_URL).scheme not in {"postgres", "postgresql", "sqlite"}:
    raise ImproperlyConfigured("DATABASE_URL: alleen postgres://… en sqlite:///… zijn mogelijk.")
_database: dict[str, Any] = dict(environ.Env.db_url_config(DATABASE_URL))
if _database["ENGINE"].endswith("sqlite3"):
    # lessons.md 1: IMMEDIATE, WAL and a busy timeout take "database is locked" from 7 % to none.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;"
        ),
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # Prepared from the first use: the lookup asks one statement thousands of times.
    _database["OPTIONS"] = {"prepare_threshold": 1, "connect_timeout": 5}
# A connection of its own for every request would cost more than the request.
_database["CONN_MAX_AGE"] = 600
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- tasks and cache -------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
if REDIS_URL and urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL: redis://…, rediss://… of unix://… wordt verwacht.")
EMBEDDED = not REDIS_URL
CELERY_BROKER_URL = REDIS_URL or "memory://localhost//"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Brussels"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
# Above the longest task, or Redis hands a running task out a second time. A request that puts a task in the
# queue gives up on a hung or missing Redis within a second; the worker has its own, endless patience.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if EMBEDDED
    else {
        "visibility_timeout": 7200,
        "socket_timeout": 0.2,
        "socket_connect_timeout": 0.2,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "connect_retries_timeout": 0.5,
    }
)
CELERY_BEAT_SCHEDULE = {
    "forget-old-lookup-counters": {"task": "distribution.tasks.forget_old_lookup_counters", "schedule": 3600.0},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- the application -------------------------------------------------------------------------

INSTALLED_APPS = [
    "lerarenkaart",
    "distribution",
    "pickup_points",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "csp",
]
MIDDLEWARE = [
    # Outermost, so that every answer has them: also a redirect to https, a static file, a refused host, a failure.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "lerarenkaart.urls"
WSGI_APPLICATION = "lerarenkaart.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "lerarenkaart.context.site",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
AUTH_USER_MODEL = "pickup_points.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "lerarenkaart.api_errors.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lerarenkaart",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- language, time, static files ------------------------------------------------------------

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = env.directory("STATIC_ROOT", default=VAR_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- safety ----------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "distribution.views.pages.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
HTTPS_ONLY = env.flag("HTTPS_ONLY", default=not DEBUG and SITE_URL.startswith("https://"))
if HTTPS_ONLY:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
# Preloading holds for a whole domain and for years: the owner of the domain decides on it, not this site.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {"camera": [], "geolocation": [], "microphone": []}

# --- mail ------------------------------------------------------------------------------------

_mail = environ.Env.email_url_config(env.text("EMAIL_URL", "consolemail://"))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH")  # filemail:////map: each mail becomes a file
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "lerarenkaart@voorbeeld.be")
OFFICE_EMAIL = env.text("OFFICE_EMAIL", "lerarenkaart@voorbeeld.be")

# --- the card --------------------------------------------------------------------------------

LOOKUP_MODE = env.one_of("LOOKUP_MODE", {"open", "stepup", "login"}, default="open")
LOOKUP_LIMITS = env.flag("LOOKUP_LIMITS", default=True)
STAFF_NUMBER_CHECK = env.one_of("STAFF_NUMBER_CHECK", {"strict", "warn"}, default="strict")
# Files with more rows are refused before they are read (hardening.md I18).
IMPORT_MAX_ROWS = env.whole_number("IMPORT_MAX_ROWS", default=1_000_000, lowest=1)
OIDC_ISSUER = env.text("OIDC_ISSUER")
if LOOKUP_MODE == "login" and not OIDC_ISSUER:
    raise ImproperlyConfigured("LOOKUP_MODE=login vraagt een aanmelding: vul OIDC_ISSUER in, of kies open of stepup.")

# --- log -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "lerarenkaart.logs.MaskNumbers"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django, its development server and gunicorn bring handlers of their own, without the mask: ours instead.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # A line for each step of each document says nothing; what goes wrong is a warning.
        "weasyprint.progress": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}
