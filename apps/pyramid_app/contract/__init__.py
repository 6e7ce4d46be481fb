"""The HTTP contract on Pyramid."""

from typing import Any

from pyramid.config import Configurator
from pyramid.router import Router


def main(_global_config: dict[str, str], **settings: Any) -> Router:
    """Make the WSGI application that `production.ini` names, with its database pool open."""
    with Configurator(settings=settings) as config:
        config.include("pyramid_jinja2")
        config.include(".database")
        config.include(".renderers")
        config.include(".routes")
        config.scan()
    return config.make_wsgi_app()
