"""Which URL leads to which view."""

from types import ModuleType

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path


def routes(views: ModuleType) -> list[URLPattern]:
    """The URLs of the contract, after the extra ones, on the synchronous or the asynchronous views."""
    extra_routes = [path(f"extra/{number}", views.extra, {"number": number}) for number in range(settings.EXTRA_ROUTES)]
    return [
        *extra_routes,
        path("hello", views.hello),
        path("json", views.json_message),
        path("items", views.items),
        path("orders", views.orders),
        path("db", views.db if settings.DATABASE_URL else no_database),
        path("queries", views.queries if settings.DATABASE_URL else no_database),
        path("fortunes", views.fortunes if settings.DATABASE_URL else no_database),
        path("wait", views.wait),
        path("feed", views.feed),
    ]


def no_database(_request: HttpRequest) -> HttpResponse:
    """The answer of an app that was started without a database."""
    return HttpResponse("DATABASE_URL is not set", status=503, content_type="text/plain")
