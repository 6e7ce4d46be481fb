"""Settings for ASGI: the same project, with the views that await."""

from config.settings import *  # noqa: F403 - a settings module is the sum of its names

ROOT_URLCONF = "config.urls_asgi"
