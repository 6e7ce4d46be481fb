"""Which URL leads to which view."""

import os

from pyramid.config import Configurator

from contract.views import extra


def includeme(config: Configurator) -> None:
    """Register the extra routes and, after them, those of the contract."""
    for number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
        config.add_route(f"extra_{number}", f"/extra/{number}")
        config.add_view(extra(number), route_name=f"extra_{number}", renderer="string", request_method="GET")
    for name in ("hello", "json", "items", "orders", "db", "queries", "fortunes", "wait", "feed"):
        config.add_route(name, f"/{name}")
