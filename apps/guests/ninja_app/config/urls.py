"""Which URL leads to which view."""

from django.urls import path

from contract.api import api

urlpatterns = [path("", api.urls)]
