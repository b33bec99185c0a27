"""Settings, read from the environment; without any, a complete embedded installation.

`DIANLIANG_HOME` holds everything that an installation keeps: database, keys, uploads.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dianliang.core.home import DATABASE, load_secrets, prepare_home, secrets_file

MODE = os.environ.get("DIANLIANG_MODE", "serve")
"""`demo`, `serve` or `test`."""
IS_DEMO = MODE == "demo"
IS_TEST = MODE == "test"
HOME = prepare_home(os.environ.get("DIANLIANG_HOME"))
if not os.access(Path(__file__).parent, os.W_OK):
    # Installed by somebody else: the planner keeps its machine code with the data.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(HOME / "kernel"))
SECRETS_FILE = secrets_file(HOME)
_secrets = load_secrets(HOME)

SECRET_KEY = _secrets["secret_key"]
FIELD_KEYS: dict[str, str] = _secrets["field_keys"]
FIELD_KEY_CURRENT: str = _secrets["field_key_current"]
BLIND_INDEX_KEY: str = _secrets["blind_index_key"]
SEAL_KEY: str = _secrets["seal_key"]
CERTIFICATE_KEY: str = _secrets["certificate_key"]

DEBUG = os.environ.get("DIANLIANG_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("DIANLIANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
PUBLIC_URL = os.environ.get("DIANLIANG_URL", "http://localhost:8000")
_is_https = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "dianliang.config.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "template_partials",
    "axes",
    "csp",
    "dianliang.core",
    "dianliang.domain.territory",
    "dianliang.domain.catalog",
    "dianliang.domain.directory",
    "dianliang.domain.network",
    "dianliang.domain.customers",
    "dianliang.domain.workforce",
    "dianliang.domain.resources",
    "dianliang.domain.venues",
    "dianliang.domain.rosters",
    "dianliang.domain.key_customers",
    "dianliang.domain.ledger",
    "dianliang.domain.work",
    "dianliang.domain.intake",
    "dianliang.domain.care",
    "dianliang.domain.safety",
    "dianliang.domain.linewatch",
    "dianliang.domain.incidents",
    "dianliang.domain.protection",
    "dianliang.domain.programs",
    "dianliang.domain.outreach",
    "dianliang.domain.policies",
    "dianliang.domain.enterprises",
    "dianliang.domain.renewal",
    "dianliang.domain.grid_projects",
    "dianliang.domain.relief",
    "dianliang.domain.hours",
    "dianliang.domain.energy",
    "dianliang.domain.branches",
    "dianliang.domain.appraisal",
    "dianliang.domain.talks",
    "dianliang.domain.voices",
    "dianliang.domain.honours",
    "dianliang.domain.brands",
    "dianliang.domain.mobilisation",
    "dianliang.domain.insight",
    "dianliang.faces.ui",
    "dianliang.faces.portal",
    "dianliang.faces.field",
    "dianliang.faces.console",
    "dianliang.faces.board",
    "dianliang.api",
    "dianliang.cli",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "dianliang.faces.ui.bodies.BodiesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dianliang.faces.ui.denials.DenialsMiddleware",
    "dianliang.faces.ui.privacy.PrivacyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "dianliang.faces.ui.unstorable.UnstorableMiddleware",
    "dianliang.faces.ui.ways_back.WaysBackMiddleware",
    "dianliang.faces.ui.refused.RefusedMiddleware",
]

ROOT_URLCONF = "dianliang.config.urls"
WSGI_APPLICATION = "dianliang.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "dianliang.faces.ui.context.installation",
            ],
            "libraries": {"i18n": "dianliang.faces.ui.templatetags.agreeing"},
        },
    },
]

SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # our tags of translation stand in Django's place

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;"
)


def _database(url: str) -> dict[str, Any]:
    """Turn a database URL into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "dianliang.core.sqlite",
            "NAME": parts.path,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS},
            "CONN_MAX_AGE": 600,
            "TEST": {"NAME": f"{parts.path}-test"},
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "HOST": parts.hostname or "",
            "PORT": parts.port or 5432,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    sys.exit(f"DIANLIANG_DATABASE 应以 sqlite:// 或 postgresql:// 开头，现为 {parts.scheme}://")


DATABASES = {
    "default": _database(os.environ.get("DIANLIANG_DATABASE", f"sqlite://{HOME / DATABASE}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "dianliang.faces.ui.requests.source_of"
AXES_DISABLE_ACCESS_LOG = True  # log-ins are in the audit trail, without browser and address
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
FORMAT_MODULE_PATH = ["dianliang.config.formats"]
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = IS_DEMO or DEBUG or IS_TEST
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "files"

CSRF_FAILURE_VIEW = "dianliang.faces.ui.views.forged"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _is_https
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _is_https
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("DIANLIANG_BEHIND_PROXY") == "1" else None
)
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]  # a load balancer asks beside the proxy
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

ROADS_URL = os.environ.get("DIANLIANG_ROADS_URL", "")
PLANNING_EXECUTOR = os.environ.get("DIANLIANG_PLANNING_EXECUTOR", "")
# One core is left to the pages: a region that is improved holds its thread for minutes.
PLANNING_THREADS = max(1, (os.cpu_count() or 1) - 1)
ROADS_ADAPTER = "dianliang.integrations.roads.RoadServer"
OUTREACH_CARRIERS = {
    "webhook": "dianliang.integrations.messaging.webhook.Webhook",
    "sms": "dianliang.integrations.messaging.sms.Gateway",
}
OUTREACH_HOSTS = [
    host for host in os.environ.get("DIANLIANG_OUTREACH_HOSTS", "").split(",") if host
]
OPEN311_KEYS = [key for key in os.environ.get("DIANLIANG_OPEN311_KEYS", "").split(",") if key]
ALERT_NETWORKS = [net for net in os.environ.get("DIANLIANG_ALERT_NETWORKS", "").split(",") if net]
TILE_URL = os.environ.get("DIANLIANG_TILE_URL", "")
_tile_origin = ["/".join(TILE_URL.split("/")[:3]).replace("{s}", "*")] if TILE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *_tile_origin],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
