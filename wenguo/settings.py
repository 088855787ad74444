"""Settings: everything that differs between installations comes from the environment (docs/deploy.md names each)."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent
HOME = Path(os.environ.get("WENGUO_HOME") or "var").resolve()
TEST = os.environ.get("WENGUO_TEST") == "1"


def _secret_key() -> str:
    """The key given, else one made once and kept in the data folder, readable by its owner only."""
    if given := os.environ.get("WENGUO_SECRET_KEY"):
        return given
    kept = HOME / "secret-key"
    if not kept.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass  # another process was first; its key is read below
    return kept.read_text()


def _database(url: str) -> dict:
    """SQLite in the data folder, or the PostgreSQL that `url` names (postgres://user:password@host:port/name).

    Of several hosts (host1:port,host2:port) whichever takes writes is asked: after a failover the other one.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "wenguo.sqlite3",
            "CONN_MAX_AGE": None,  # opening the file anew for each request costs more than most requests
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # recursive_triggers: without it REPLACE deletes rows of the record past the triggers.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
            },
        }
    parts = urlsplit(url)
    user, _, places = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    hosts = [urlsplit(f"//{one}") for one in places.split(",")]
    of_several = {"target_session_attrs": "read-write", "connect_timeout": 3} if len(hosts) > 1 else {}
    return {
        "ENGINE": "wenguo.people.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(name),
        "PASSWORD": unquote(password),
        "HOST": ",".join(unquote(one.hostname or "") for one in hosts),
        "PORT": ",".join(str(one.port or "") for one in hosts),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A stuck act must not make others wait for ever; SQLite gives up after its own timeout of the same length.
        "OPTIONS": {"options": "-c lock_timeout=20s", **of_several},
    }


def _mail(url: str) -> dict:
    """How mail leaves the house: smtp://user:password@host:port, smtps:// for TLS from the first sign, and
    smtp://…?starttls=1 for TLS after the greeting; nothing leaves where `url` is empty."""
    parts = urlsplit(url)
    if parts.scheme not in ("", "smtp", "smtps") or (url and not parts.hostname):
        raise ImproperlyConfigured(
            "WENGUO_SMTP_URL 应写作 smtp:// 或 smtps:// · WENGUO_SMTP_URL must be smtp://host:port or smtps://host:port"
        )
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parse_qs(parts.query).get("starttls") == ["1"],
        "EMAIL_TIMEOUT": 10,  # seconds; the loops wait meanwhile
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
OWNER_DATABASE_URL = os.environ.get("WENGUO_OWNER_DATABASE_URL", "")
SECRET_KEY = _secret_key()
BASE_URL = os.environ.get("WENGUO_BASE_URL", "")
DEBUG = False
# localhost: health checks on the machine itself.
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname, "localhost", "127.0.0.1"] if BASE_URL else ["*"]
# Requests a second that one token may send on average; negative: as many as it likes.
API_RATE = float(os.environ.get("WENGUO_API_RATE") or 20)
# The same for tokens that aren't known, from one address.
API_STRANGERS = float(os.environ.get("WENGUO_API_STRANGERS") or 1)
# Addresses whose X-Forwarded-For is believed, separated by commas.
TRUSTED_PROXIES = {one.strip() for one in os.environ.get("WENGUO_TRUSTED_PROXIES", "").split(",") if one.strip()}
globals().update(_mail(os.environ.get("WENGUO_SMTP_URL", "")))
DEFAULT_FROM_EMAIL = os.environ.get("WENGUO_MAIL_FROM") or f"wenguo@{urlsplit(BASE_URL).hostname or 'localhost'}"
# Networks (CIDR) and host names inside the house that outlets may call, separated by commas; no others there.
OUTLETS_INSIDE = {one.strip().lower() for one in os.environ.get("WENGUO_OUTLETS_INSIDE", "").split(",") if one.strip()}
METRICS_TOKEN = os.environ.get("WENGUO_METRICS_TOKEN", "")  # what /metrics asks for
CSRF_TRUSTED_ORIGINS = [BASE_URL.rstrip("/")] if BASE_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "wenguo.people",
    "wenguo.vehicles",
    "wenguo.cases",
    "wenguo.channels",
    "wenguo.notify",
    "wenguo.web",
]
MIDDLEWARE = [
    "wenguo.web.observing.observed",
    "wenguo.web.safety.safe_headers",
    "wenguo.people.tree.one_organisation",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "wenguo.web.language.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "wenguo.urls"
WSGI_APPLICATION = "wenguo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "web" / "templates"],
        "OPTIONS": {"environment": "wenguo.web.pages.environment"},
    }
]

AUTH_USER_MODEL = "people.Staff"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = os.environ.get("WENGUO_TIME_ZONE") or "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "web" / "static"
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# Cookies travel over TLS only where the installation says that it is reached by TLS.
SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "wenguo.web.sessions"
AUTHENTICATION_BACKENDS = ["wenguo.web.sessions.Backend"]
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "wenguo.web.errors.forged"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0

# Lines for people, from warnings on; or JSON, then with a line for each request. No personal values in either.
LOG_JSON = os.environ.get("WENGUO_LOG", "") == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": f"wenguo.people.logs.{'JsonLine' if LOG_JSON else 'PlainLine'}"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["err"], "level": "WARNING"},
    # Django's own two say the same once more, with hosts and addresses in their words.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "ERROR"},
        "wenguo.requests": {"level": "INFO" if LOG_JSON else "WARNING"},
    },
}
