from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from batteries_site import views

urlpatterns = [
    path("hello", views.hello),
    path("templates", views.templates),
    path("session", views.secret),
    path("session/stored", views.stored),
    path("form", views.order),
    path("validation", views.order),
    path("notes", views.notes),
    path("migrations", views.migrations),
    path("login", LoginView.as_view(template_name="form.html")),
    path("logout", LogoutView.as_view()),
    path("private", views.private),
    path("admin/", admin.site.urls),
]
