"""The WSGI callable."""

import os

from django.core.wsgi import get_wsgi_application

from contract.pool import open_pool

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
open_pool()
