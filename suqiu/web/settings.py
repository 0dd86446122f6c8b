"""Django's settings, all derived from Suqiu's own: `suqiu.config` and the site's folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from suqiu.web.site import site

_HERE = Path(__file__).resolve().parent
_SITE = site()
_CHOSEN = _SITE.settings
_HTTPS = _CHOSEN.https == "on"

DEBUG = False
SECRET_KEY = _SITE.key("session").hex()
ALLOWED_HOSTS = [name.strip() for name in _CHOSEN.hosts.split(",") if name.strip()]
ROOT_URLCONF = "suqiu.web.urls"
ASGI_APPLICATION = "suqiu.web.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "suqiu.web.accounts",
    "suqiu.web.audit",
    "suqiu.web.vault",
    "suqiu.web.jobs",
    "suqiu.web.orders",
    "suqiu.web.live",
    "suqiu.web.results",
    "suqiu.web.desks",
    "suqiu.web.knowledge",
    "suqiu.web.portal",
    "suqiu.web.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "suqiu.web.forwarded.Forwarded",  # before anything asks where a request comes from
    "suqiu.web.headers.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "suqiu.web.accounts.sessions.Keeping",  # before anything asks who is there
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "suqiu.web.refusals.Refusals",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(path for path in _HERE.rglob("templates") if path.is_dir()),
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "suqiu.web.frame.frame",
            ],
            "builtins": [  # loaded into every template
                "django.templatetags.i18n",
                "django.templatetags.static",
                "suqiu.web.desks.templatetags.suqiu",
            ],
        },
    }
]


def _database(address: str | None) -> dict[str, Any]:
    """Return Django's description of the database: PostgreSQL at an address, else SQLite in the site's folder."""
    if address is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _SITE.folder / "site.sqlite3",
            "CONN_MAX_AGE": 600,  # each thread keeps its own; a new one now and then knows the tables' new sizes
            "OPTIONS": {
                # Write-ahead, so that readers and one writer never wait for each other; synchronous, so that what
                # was acknowledged survives a power cut; immediate, so that two writers queue and none is refused.
                # What is deleted is overwritten.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
                "PRAGMA secure_delete=ON;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    parts = urlsplit(address)
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", parts.hostname or "")),
        "PORT": str(query.pop("port", parts.port or "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 12, "timeout": 10}},
    }


DATABASES = {"default": _database(_CHOSEN.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: who is locked out is asked nothing more
    "django.contrib.auth.backends.ModelBackend",
    "suqiu.web.accounts.directory.Directory",
    "suqiu.web.accounts.second_factor.CodeBackend",
    "suqiu.web.accounts.entrance.Outside",
]
# GB/T 22239-2019 8.1.4.1 b): failures are counted and limited. By name and address together, so that nobody can lock
# somebody else out from afar.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit tells who signed in
AXES_SENSITIVE_PARAMETERS = ["username", "password", "code"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "zh-hans" if _CHOSEN.language == "zh" else "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = sorted(path for path in _HERE.rglob("locale") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "suqiu.web.assets.Libraries"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": _SITE.files}},
    "staticfiles": {"BACKEND": "suqiu.web.assets.MarkedStatic"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000  # each address carries a mark of its content

SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())  # the server ends them itself: accounts.sessions
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = False  # the proxy's to do
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],  # charts place their tooltips by style attributes
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_PERMISSIONS = 0o600
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"redacted": {"()": "suqiu.web.custody.logs.Redacted"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "redacted"}},
    # Anybody can send a foreign host name: it is refused, and no reason to fill the log.
    # Nor is an address that is not there, in which anything may stand.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}, "django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # a lockout is told by our own page, not by a middleware
