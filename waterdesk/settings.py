"""Every setting of the desk. Values come from the environment; .env.example lists them all.

What is not understood is refused with one line that names the variable (ImproperlyConfigured).
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from waterdesk.beat import SCHEDULE
from waterdesk.environment import broker as _broker
from waterdesk.environment import choice as _choice
from waterdesk.environment import flag as _flag
from waterdesk.environment import listed as _list
from waterdesk.environment import networks as _networks
from waterdesk.environment import number as _number
from waterdesk.environment import origin as _origin
from waterdesk.environment import secrets as _secrets
from waterdesk.environment import text as _text
from waterdesk.environment import url as _url

_HEX_KEY = re.compile("[0-9a-f]{64}")
BASE_DIR = Path(__file__).resolve().parent.parent


# --- the essentials -----------------------------------------------------------------------------
# DEBUG: demo data, the style page, error pages with code. Never on where real customers are.
DEBUG = _flag("DEBUG", default=False)

# SECRET_KEY signs sessions and one-time codes; every machine of one desk has the same.
SECRET_KEY = _text("SECRET_KEY", "only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY must be set when DEBUG is off (50 random characters or more)."
    )

# ALLOWED_HOSTS: the names under which browsers reach the desk, separated by commas.
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

# SITE_URL: the desk's public address, without a slash at the end; links in messages begin with it.
SITE_URL = _url("SITE_URL", ("http", "https"), "http://127.0.0.1:8000").rstrip("/")
_HTTPS = SITE_URL.startswith("https://")

# BEHIND_PROXY: a reverse proxy ends TLS and sets X-Forwarded-Proto; without one, leave it off.
if _flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# TRUSTED_PROXIES: their addresses or networks, separated by commas (127.0.0.1 also means a Unix
# socket). Only what they say in X-Forwarded-For about who asks is believed.
TRUSTED_PROXIES = _networks("TRUSTED_PROXIES")

# --- database -----------------------------------------------------------------------------------
# DATABASE_URL: postgresql://user:password@host:5432/name
# or a socket: postgresql://user@/name?host=/path. Without it there is no database, and never one
# that happens to listen on the machine: the folder below does not exist, and the error names it.
_DATABASE_URL = _url(
    "DATABASE_URL",
    ("postgresql", "postgres"),
    "postgresql:///waterdesk?host=/DATABASE_URL-is-not-set",
)
_database = environ.Env.db_url_config(_DATABASE_URL)
_database["ENGINE"] = "waterdesk.database"
_database.setdefault("OPTIONS", {})  # a socket's folder is in here: add to it, never replace it
_database["OPTIONS"].setdefault("connect_timeout", 5)
# DB_POOL: connections that one process keeps and shares among its threads; 0 = one per thread.
if _pool := _number("DB_POOL", 0):
    _database["OPTIONS"].setdefault("pool", {"min_size": 1, "max_size": _pool, "timeout": 10})
# One that broke while it was not used is noticed and replaced, and nobody sees an error.
_database["CONN_MAX_AGE"] = 0 if _pool else 60
_database["CONN_HEALTH_CHECKS"] = True
# A cluster made without a locale is SQL_ASCII, and its template1 with it.
_database["TEST"] = {"CHARSET": "UTF8", "TEMPLATE": "template0"}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that what packages count there holds over all processes and machines and does
# not go away with the broker. `migrate` makes the table. Our own limits: waterdesk.core.throttle.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}
}

# --- Celery -------------------------------------------------------------------------------------
# REDIS_URL: redis://:password@host:6379/0, rediss:// with TLS, or a socket: unix:///path?db=0
REDIS_URL = _url("REDIS_URL", ("redis", "rediss", "unix"), "unix:///REDIS_URL-is-not-set")
# What everybody reads, for a while; whoever asks it does without where Redis does not answer.
CACHES["pages"] = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "page",
    "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
}
CELERY_BROKER_URL = _broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task of a worker that vanished comes back after this many seconds, looked at every 10 s.
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,
    # Without these a broker that accepts and never answers hangs the caller without end.
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "max_retries": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 240  # below the visibility timeout: no task comes back while it runs
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
# Ticks keep nothing between two starts, so two beats never fight over a file.
CELERY_BEAT_SCHEDULER = "waterdesk.core.heart:Scheduler"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- messages -----------------------------------------------------------------------------------
# SMS_TRANSPORT: console writes texts to the log of the worker; http posts them to SMS_URL.
SMS_TRANSPORT = _choice("SMS_TRANSPORT", ("console", "http"), "console")
SMS_URL = _url("SMS_URL", ("http", "https"))
SMS_TOKEN = _text("SMS_TOKEN")  # sent as a bearer token
SMS_TIMEOUT = _number("SMS_TIMEOUT", 5, least=1)  # seconds, for connecting and for every read
SMS_RECEIPT_TOKEN = _text("SMS_RECEIPT_TOKEN")  # what receipts bear; empty: none is taken
if SMS_TRANSPORT == "http" and not SMS_URL:
    raise ImproperlyConfigured("SMS_URL must be set when SMS_TRANSPORT is http.")

# --- sources: facts about applicants, fetched and never asked -------------------------------------
# Address and key of each; the key signs every question. Without an address a source is not
# connected, and what it would say is looked at by the survey: applications.sources.
SOURCES = {
    "registry": (_url("REGISTRY_URL", ("http", "https")), _text("REGISTRY_KEY")),
    "identity": (_url("IDENTITY_URL", ("http", "https")), _text("IDENTITY_KEY")),
    "property": (_url("PROPERTY_URL", ("http", "https")), _text("PROPERTY_KEY")),
    "arrears": (_url("ARREARS_URL", ("http", "https")), _text("ARREARS_KEY")),
}
for _name, (_address, _key) in SOURCES.items():
    if _address and not _key:
        _variable = _name.upper()
        raise ImproperlyConfigured(f"{_variable}_KEY must be set when {_variable}_URL is.")
SOURCE_CONNECT_TIMEOUT = _number("SOURCE_CONNECT_TIMEOUT", 2, least=1)  # seconds
SOURCE_READ_TIMEOUT = _number("SOURCE_READ_TIMEOUT", 3, least=1)  # seconds, for every read
# --- telephony ------------------------------------------------------------------------------------
# CALLS_SECRET_<NAME>: what the exchange of that name signs its events with, 32 characters or more;
# while it is changed, the new one and the old one with a blank between. Without one, none is taken.
CALLS_SECRETS = _secrets("CALLS_SECRET_")
# CALLS_AREA_CODE: the utility's own area code (0731): a number with it and one without it are one.
CALLS_AREA_CODE = _text("CALLS_AREA_CODE")
# CALLS_LIMIT: minutes after which a call of which no end was told is ended by the desk.
CALLS_LIMIT = _number("CALLS_LIMIT", 240, least=1)
# CALLS_STREAM_URL: where browsers fetch what rings, when it is not the desk's own address.
CALLS_STREAM_URL = _url("CALLS_STREAM_URL", ("http", "https")).rstrip("/")
# CALLS_STREAMS: streams that one process holds, each with a thread; others are told to come again.
CALLS_STREAMS = _number("CALLS_STREAMS", 4)
# AMI_HOST: an Asterisk whose manager interface is read by `manage.py telephony`.
AMI_HOST = _text("AMI_HOST")
AMI_PORT = _number("AMI_PORT", 5038, least=1)
AMI_USER = _text("AMI_USER")
AMI_SECRET = _text("AMI_SECRET")
# AMI_CONTEXTS: the dialplan contexts in which calls from outside begin, separated by commas.
AMI_CONTEXTS = _list("AMI_CONTEXTS", "from-trunk,from-pstn,from-external")
if AMI_HOST and not (AMI_USER and AMI_SECRET):
    raise ImproperlyConfigured("AMI_USER and AMI_SECRET must be set when AMI_HOST is.")
# Without any exchange no page asks for what rings.
TELEPHONY = bool(CALLS_SECRETS or AMI_HOST)
# --- results that leave the desk ------------------------------------------------------------------
# RESULTS_SECRET_<NAME>: what deliveries to the subscriber that names it are signed with, 32
# characters or more; while a secret is changed, the new one and the old one with a blank between.
RESULTS_SECRETS = _secrets("RESULTS_SECRET_")
# RESULTS_NETWORKS: networks, not public ones, that deliveries may go to, also without TLS.
RESULTS_NETWORKS = _networks("RESULTS_NETWORKS")
RESULTS_TIMEOUT = _number("RESULTS_TIMEOUT", 10, least=1)  # seconds, for connecting and every read
# --- payments -----------------------------------------------------------------------------------
# PAY_URL: where orders go, so that customers can pay online; empty: staff record what comes in.
PAY_URL = _url("PAY_URL", ("http", "https"))
PAY_SECRET = _text("PAY_SECRET")  # signs orders and the gateway's callbacks; empty: none is taken
PAY_TIMEOUT = _number("PAY_TIMEOUT", 5, least=1)  # seconds, for connecting and for every read
if PAY_URL and not PAY_SECRET:
    raise ImproperlyConfigured("PAY_SECRET must be set when PAY_URL is.")

# --- the desk -----------------------------------------------------------------------------------
# POLICY_MAX_AGE: seconds a process may go on with calendars and promises edited elsewhere.
POLICY_MAX_AGE = _number("POLICY_MAX_AGE", 5)
# MEDIA_DIR: where photographs are kept, for every web process the same folder; back it up with the
# database. Never below a folder that a web server hands out: the desk itself serves them.
MEDIA_DIR = Path(_text("MEDIA_DIR", str(BASE_DIR / "var" / "media")))
# SEALS_DIR: where the daily seals of the record are written outside the database, for every process
# the same folder; copy it to where nobody of the database can write.
SEALS_DIR = Path(_text("SEALS_DIR", str(BASE_DIR / "var" / "seals")))
# RECORD_KEY: signs seals and bundles of the record; `manage.py record key` makes one.
RECORD_KEY = _text("RECORD_KEY")
if RECORD_KEY and not _HEX_KEY.fullmatch(RECORD_KEY):
    raise ImproperlyConfigured("RECORD_KEY must be 64 hexadecimal digits.")
# MAP_TILES_URL: pictures below the map, https://tiles.example/{z}/{x}/{y}.png, in WGS84 (CGCS2000),
# not GCJ-02; empty: the areas stand on a blank ground. MAP_TILES_FROM: whose they are, said on it.
MAP_TILES_URL = _url("MAP_TILES_URL", ("http", "https"))
MAP_TILES_FROM = _text("MAP_TILES_FROM")
# No page and no call of the desk takes more than this, photographs aside; a larger body is refused
# before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "waterdesk.web.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- applications and middleware ----------------------------------------------------------------
INSTALLED_APPS = [
    "waterdesk",
    "waterdesk.web",
    "applications",
    "tickets",
    "waterdesk.core",
    "notifications",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
]
MIDDLEWARE = [
    "waterdesk.web.middleware.RequestTime",  # first: everything after reads one clock
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files, compressed when collected
    "waterdesk.web.middleware.Compressed",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "waterdesk.web.middleware.Acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "waterdesk.web.middleware.Refusals",
    "axes.middleware.AxesMiddleware",  # last: it turns a lock-out into an answer
]
ROOT_URLCONF = "waterdesk.urls"
WSGI_APPLICATION = "waterdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "waterdesk.web.context.page",
            ]
        },
    }
]

# --- who may come in ----------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses before a password is looked at
    "waterdesk.web.accounts.backends.StaffPassword",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "waterdesk.web.accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "waterdesk.web.refusals.csrf"
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Customers: a mobile number and a code by SMS, no password.
ACCOUNT_ADAPTER = "waterdesk.web.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 300  # seconds; the text login.code names it too
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 3
ACCOUNT_EMAIL_VERIFICATION = "none"

# Staff: after five wrong passwords a name is locked for a quarter of an hour at that address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Trying on while locked makes it no longer: whoever waits a quarter of an hour gets in.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "waterdesk.core.throttle.client_address"
AXES_USERNAME_CALLABLE = "waterdesk.web.accounts.lockout.name"
AXES_LOCKOUT_CALLABLE = "waterdesk.web.accounts.lockout.answer"
AXES_VERBOSE = False

# --- what a page may load: our own files, and a script that carries this answer's nonce -----------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *_origin(MAP_TILES_URL)],
        "connect-src": [SELF, *([CALLS_STREAM_URL] if CALLS_STREAM_URL else [])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",  # first: an anonymous call gets 403
        "waterdesk.core.api.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "waterdesk.core.api.errors.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "waterdesk",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # Cases and messages both have a channel; each needs a name of its own in the schema.
    "ENUM_NAME_OVERRIDES": {
        "CaseChannel": "waterdesk.core.models.cases.Case.Channel",
        "MessageChannel": "notifications.models.Channel",
        "FieldKind": "waterdesk.core.flow.KINDS",
        "KindEnum": "applications.models.Application.Applicant",
    },
}

# --- language, time, static files ---------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [BASE_DIR / "waterdesk" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
# STATIC_ROOT: where `manage.py collectstatic` puts what whitenoise serves when DEBUG is off.
STATIC_ROOT = Path(_text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
if DEBUG:
    # Straight from the sources, looked for when asked for.
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
else:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# --- logs: plain lines on standard error; no bodies, no phone numbers, no names -------------------
# LOG_LEVEL: DEBUG, INFO, WARNING, ERROR.
LOG_LEVEL = _choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # These write names, addresses with parameters, or a line for every tick.
        "axes": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
