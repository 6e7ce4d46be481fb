"""Settings of the project, for production but for the channel layer. What differs between places is from outside."""

import os

from django.core.management.utils import get_random_secret_key

# Nothing here is signed beyond the life of a process: there are no sessions, and no page with a form.
SECRET_KEY = os.environ.get("SECRET_KEY") or get_random_secret_key()
DEBUG = False
# No answer depends on the host name, so any will do.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = ["channels"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

# One process is all that this layer serves. By default it drops what a member is owed beyond 100 messages.
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}},
}

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
