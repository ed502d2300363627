"""All settings, from the environment only. interface.md §7 lists the names people may set.

Two modes from the same code. Embedded (the default): SQLite, one process, tasks in a worker
thread. Production: PostgreSQL through DATABASE_URL, Redis and Celery through REDIS_URL.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from lerarenkaart import addresses, env, logs
from lerarenkaart.accounts.fixed_settings import (
    ACCOUNT_ADAPTER,
    ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS,
    ACCOUNT_EMAIL_VERIFICATION,
    ACCOUNT_FORMS,
    ACCOUNT_LOGIN_METHODS,
    ACCOUNT_LOGIN_ON_PASSWORD_RESET,
    ACCOUNT_LOGOUT_REDIRECT_URL,
    ACCOUNT_RATE_LIMITS,
    ACCOUNT_SESSION_REMEMBER,
    ACCOUNT_SIGNUP_FIELDS,
    ACCOUNT_USER_MODEL_USERNAME_FIELD,
    LOGIN_REDIRECT_URL,
    LOGIN_URL,
    MESSAGE_TAGS,
    MFA_ADAPTER,
    MFA_ALLOW_UNVERIFIED_EMAIL,
    MFA_FORMS,
    MFA_PASSKEY_LOGIN_ENABLED,
    MFA_RATE_LIMITS,
    MFA_SUPPORTED_TYPES,
    MFA_TOTP_ISSUER,
    MFA_TOTP_TOLERANCE,
    PASSWORD_RESET_TIMEOUT,
    REST_KNOX,
    SOCIALACCOUNT_ADAPTER,
    SOCIALACCOUNT_LOGIN_ON_GET,
    SOCIALACCOUNT_ONLY,
    USERSESSIONS_TRACK_ACTIVITY,
)
from lerarenkaart.api_settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS
from lerarenkaart.page_policy import CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY
from lerarenkaart.task_settings import (
    CELERY_ACCEPT_CONTENT,
    CELERY_BEAT_SCHEDULE,
    CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP,
    CELERY_TASK_ACKS_LATE,
    CELERY_TASK_IGNORE_RESULT,
    CELERY_TASK_PUBLISH_RETRY,
    CELERY_TASK_REJECT_ON_WORKER_LOST,
    CELERY_TASK_SERIALIZER,
    CELERY_TASK_TIME_LIMIT,
    CELERY_TIMEZONE,
    CELERY_WORKER_PREFETCH_MULTIPLIER,
    IN_A_HURRY,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.directory("VAR_DIR", default=BASE_DIR / "var")

# --- who and where ---------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", "alleen-voor-ontwikkeling" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY ontbreekt. Zet een lange, geheime tekenreeks, of DEBUG=on om te proberen.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default="localhost 127.0.0.1 [::1]")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS=*: noem de namen van de site; een sterretje laat elke naam toe.")
NUM_PROXIES = env.whole_number("NUM_PROXIES", default=0)
DEMO = env.flag("DEMO")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")

# --- database --------------------------------------------------------------------------------

DATABASE_URL = env.secret("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'lerarenkaart.sqlite3'}"
DATABASES = {"default": addresses.connection(DATABASE_URL)}
# Seconds one statement of a page may take on PostgreSQL (lerarenkaart/database.py). Workers and commands have no limit.
STATEMENT_TIMEOUT = env.whole_number("STATEMENT_TIMEOUT", default=30, lowest=1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- tasks and cache -------------------------------------------------------------------------

REDIS_URL = addresses.redis(env.secret("REDIS_URL"))
EMBEDDED = not REDIS_URL
CELERY_BROKER_URL = REDIS_URL or "memory://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS = {} if EMBEDDED else IN_A_HURRY
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- the application -------------------------------------------------------------------------

INSTALLED_APPS = [
    "lerarenkaart",
    "distribution",
    "pickup_points",
    "lerarenkaart.accounts.apps.TechnicalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
]
MIDDLEWARE = [
    # Outermost, so that every answer has them: also a redirect to https, a static file, a refused host, a failure.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "lerarenkaart.gate.Gate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lerarenkaart.request_log.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lerarenkaart.accounts.sessions.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    # Innermost: what it times is the page and its questions to the database.
    "lerarenkaart.database.Patience",
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
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["lerarenkaart.accounts.hashing.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"lerarenkaart.accounts.passwords.{rule}"}
    for rule in ("LongEnough", "NotCommon", "NotAboutYou", "NotOurWords")
]

# --- accounts: personal, by invitation only (lerarenkaart/accounts) -----------------------------

MFA_REQUIRED = env.flag("MFA_REQUIRED", default=not (DEBUG or DEMO))
# What the secrets of second steps are sealed with: the first seals, all of them are read (lerarenkaart/accounts/sealing.py).
SECOND_STEP_KEYS = [env.secret("SECOND_STEP_KEY") or SECRET_KEY, *env.secret_words("SECOND_STEP_OLD_KEYS")]
DESK_IDLE_MINUTES = env.whole_number("DESK_IDLE_MINUTES", default=30, lowest=1)
OFFICE_IDLE_MINUTES = env.whole_number("OFFICE_IDLE_MINUTES", default=15, lowest=1)
# Freezing, forcing and exports of many people ask for a second account of Klasse; off for an office of one.
FOUR_EYES = env.flag("FOUR_EYES", default=True)
# The print run, the lists and other files Klasse has made: so long they can be fetched.
OFFICE_FILES_DAYS = env.whole_number("OFFICE_FILES_DAYS", default=60, lowest=1)
OIDC_ISSUER = env.text("OIDC_ISSUER").rstrip("/")
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_ID"), env.secret("OIDC_CLIENT_SECRET")
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured("OIDC_ISSUER is ingevuld: vul dan ook OIDC_CLIENT_ID en OIDC_CLIENT_SECRET in.")
_acm_idm = {
    "provider_id": "acm-idm",
    "name": "ACM/IDM",
    "client_id": OIDC_CLIENT_ID,
    "secret": OIDC_CLIENT_SECRET,
    "settings": {"server_url": OIDC_ISSUER, "fetch_userinfo": False, "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_acm_idm] if OIDC_ISSUER else []}}

# --- language, time, static files ------------------------------------------------------------

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = env.directory("STATIC_ROOT", default=VAR_DIR / "static")
_static = "lerarenkaart.static_files.UncompressedFiles" if DEMO else "lerarenkaart.static_files.FingerprintedFiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else _static},
}

# --- safety ----------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "lerarenkaart.flash.Flash"
CSRF_FAILURE_VIEW = "distribution.views.pages.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
HTTPS_ONLY = env.flag("HTTPS_ONLY", default=not DEBUG and SITE_URL.startswith("https://"))
if HTTPS_ONLY:
    SECURE_SSL_REDIRECT = True
    # Asked by the machine beside this one, without TLS; there is nothing in the answer. The API refuses instead.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^api/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
# Preloading holds for a whole domain and for years: the owner of the domain decides on it, not this site.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# --- mail ------------------------------------------------------------------------------------

_mail = environ.Env.email_url_config(env.secret("EMAIL_URL", "consolemail://"))
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
# Each account of Klasse hears by mail, once on a working day, what asks for attention.
DIGEST = env.flag("DIGEST", default=True)
OFFICE_EMAIL = env.text("OFFICE_EMAIL", "lerarenkaart@voorbeeld.be")

# --- the card --------------------------------------------------------------------------------

LOOKUP_MODE = env.one_of("LOOKUP_MODE", {"open", "stepup", "login"}, default="open")
LOOKUP_LIMITS = env.flag("LOOKUP_LIMITS", default=True)
STAFF_NUMBER_CHECK = env.one_of("STAFF_NUMBER_CHECK", {"strict", "warn"}, default="strict")
# Files with more rows are refused before they are read (hardening.md I18).
IMPORT_MAX_ROWS = env.whole_number("IMPORT_MAX_ROWS", default=1_000_000, lowest=1)
# A larger file is not even taken in at /beheer/bestanden/ (hardening.md T07).
UPLOAD_MAX_MB = env.whole_number("UPLOAD_MAX_MB", default=256, lowest=1)
FILE_UPLOAD_HANDLERS = [
    "lerarenkaart.uploads.DeskPhotos",
    "lerarenkaart.uploads.OfficeFilesOnly",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# What the cards need of the places, and may not know itself: who imports points.
POINTS_IMPORT = "lerarenkaart.actions.take_points"
# A count is right when it is off by no more than the larger of these two (lessons.md, Reconciliation).
COUNT_TOLERANCE_CARDS = env.whole_number("COUNT_TOLERANCE_CARDS", default=2)
COUNT_TOLERANCE_PERCENT = env.whole_number("COUNT_TOLERANCE_PERCENT", default=1)
if LOOKUP_MODE == "login" and not OIDC_ISSUER:
    raise ImproperlyConfigured("LOOKUP_MODE=login vraagt een aanmelding: vul OIDC_ISSUER in, of kies open of stepup.")

# --- how long what is kept (docs/privacy.md) ------------------------------------------------------

RETENTION = {
    "people_days": env.whole_number("KEEP_PEOPLE_DAYS", default=90),
    "words_days": env.whole_number("KEEP_TERMS_DAYS", default=30, lowest=1),
    "readings_months": env.whole_number("KEEP_READINGS_MONTHS", default=13, lowest=1),
    "rejects_days": env.whole_number("KEEP_REJECTS_DAYS", default=30, lowest=1),
    "accounts_months": env.whole_number("KEEP_ACCOUNTS_MONTHS", default=24, lowest=1),
}
# On: what has served its time goes by itself, every hour. Off: only when somebody gives the command purge.
PURGE = env.flag("PURGE", default=True)
# The chain over readings is made with it. It stays the same when SECRET_KEY is replaced: fill in the old one then.
AUDIT_KEY = env.secret("AUDIT_KEY") or SECRET_KEY
# What the cards may not know itself: who lets go of accounts.
ACCOUNTS_FORGETTING = "lerarenkaart.accounts.forgetting.forget"

# --- watching ------------------------------------------------------------------------------------

# Who may read /metrics: whoever shows this, or without it only this machine itself.
METRICS_TOKEN = env.secret("METRICS_TOKEN")
LOG_FORMAT = env.one_of("LOG_FORMAT", {"line", "json"}, default="line" if EMBEDDED else "json")
LOGGING = logs.config(LOG_FORMAT)
