"""Settings without the ORM: the same project, with the views that send SQL of their own."""

from config.settings import *  # noqa: F403 - a settings module is the sum of its names

ROOT_URLCONF = "config.urls_sql"
