"""Settings of the project, for production. Everything that differs between places is in the environment."""

import os

from django.core.management.utils import get_random_secret_key
from psycopg.conninfo import conninfo_to_dict

# Nothing here is signed beyond the life of a process: there are no sessions, and no page with a form.
SECRET_KEY = os.environ.get("SECRET_KEY") or get_random_secret_key()
DEBUG = False
# No answer depends on the host name, so any will do.
ALLOWED_HOSTS = ["*"]

# The scaffold of `startproject` without admin, users, sessions and messages, which an API for anybody
# has no use for. The four that guard every response stay, the one against request forgery included.
INSTALLED_APPS = ["contract"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

POOL_SIZE = 16


def database_from(url: str) -> dict[str, object]:
    """The entry of `DATABASES` for a `postgresql://` URL, with a pool of connections in each process."""
    parameters = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.pop("dbname", "postgres"),
        "OPTIONS": {**parameters, "pool": {"min_size": POOL_SIZE, "max_size": POOL_SIZE}},
    }


DATABASE_URL = os.environ.get("DATABASE_URL")
DATABASES = {"default": database_from(DATABASE_URL)} if DATABASE_URL else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# With DEBUG off, Django would send errors to the administrators by mail only. The level is the handler's: the root's
# would not hold for what other loggers pass on to it, and Django's passes on a warning for each answer from 400 on.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "root": {"handlers": ["console"]},
}

EXTRA_ROUTES = int(os.environ.get("EXTRA_ROUTES", "0"))
