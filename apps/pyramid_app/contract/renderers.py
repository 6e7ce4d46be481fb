"""What the JSON renderer has to be told."""

from datetime import date

from pyramid.config import Configurator
from pyramid.renderers import JSON
from pyramid.request import Request


def includeme(config: Configurator) -> None:
    """Have dates written as ISO 8601 says."""
    renderer = JSON()
    renderer.add_adapter(date, written_date)
    config.add_renderer("json", renderer)


def written_date(day: date, _request: Request) -> str:
    """The text that stands for a date."""
    return day.isoformat()
