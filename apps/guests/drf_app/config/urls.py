"""Which URL leads to which view."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from contract import views


def no_database(_request: HttpRequest) -> HttpResponse:
    """The answer of an app that was started without a database."""
    return HttpResponse("DATABASE_URL is not set", status=503, content_type="text/plain")


urlpatterns = [
    *(
        path(f"extra/{number}", views.ExtraView.as_view(), {"number": number})
        for number in range(settings.EXTRA_ROUTES)
    ),
    path("hello", views.HelloView.as_view()),
    path("json", views.JsonView.as_view()),
    path("items", views.ItemsView.as_view()),
    path("orders", views.OrdersView.as_view()),
    path("db", views.DbView.as_view() if settings.DATABASE_URL else no_database),
    path("queries", views.QueriesView.as_view() if settings.DATABASE_URL else no_database),
    path("fortunes", views.FortunesView.as_view() if settings.DATABASE_URL else no_database),
    path("wait", views.WaitView.as_view()),
    path("feed", views.FeedView.as_view()),
]
