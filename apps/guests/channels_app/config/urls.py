"""Which URL leads to which view."""

from django.conf import settings
from django.urls import path

from chat import views

urlpatterns = [
    *(path(f"extra/{number}", views.extra, {"number": number}) for number in range(settings.EXTRA_ROUTES)),
    path("hello", views.hello),
    path("json", views.json_message),
]
