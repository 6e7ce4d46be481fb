"""The ASGI callable."""

import os

from django.core.asgi import get_asgi_application

from contract.pool import open_pool

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_asgi")

application = get_asgi_application()
open_pool()
