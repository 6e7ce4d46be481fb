"""The WSGI callable, for servers that do not read `production.ini` themselves."""

from pathlib import Path

from pyramid.paster import get_app, setup_logging

SETTINGS = str(Path(__file__).parent / "production.ini")

setup_logging(SETTINGS)
application = get_app(SETTINGS, "main")
