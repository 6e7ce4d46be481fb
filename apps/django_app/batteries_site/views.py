import sqlite3

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from batteries_site.forms import OrderForm
from batteries_site.models import Note


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


def templates(request: HttpRequest) -> HttpResponse:
    return render(request, "said.html", {"said": f"Hello, {request.GET['name']}!"})


def secret(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        request.session["secret"] = request.POST["secret"]
    return render(request, "said.html", {"said": request.session.get("secret", "")})


def stored(request: HttpRequest) -> HttpResponse:
    """What the database holds of sessions, past Django."""
    with database() as connection:
        rows = connection.execute("SELECT session_data FROM django_session").fetchall()
    return HttpResponse("\n".join(row for (row,) in rows), content_type="text/plain")


def order(request: HttpRequest) -> HttpResponse:
    """As the documentation handles a form."""
    if request.method != "POST":
        return render(request, "form.html", {"form": OrderForm()})
    form = OrderForm(request.POST)
    if form.is_valid():
        return render(request, "said.html", {"said": form.cleaned_data["quantity"]})
    return render(request, "form.html", {"form": form})


def notes(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        Note.objects.create(text=request.POST["text"])
    found = Note.objects.filter(text=request.GET.get("text", ""))
    return render(request, "said.html", {"said": " ".join(each.text for each in found)})


def migrations(request: HttpRequest) -> HttpResponse:
    """The model gets a field more, as if somebody had written it, and Django does the rest."""
    if request.method == "POST":
        Note.add_to_class(request.POST["column"], models.TextField(default="", blank=True))
        call_command("makemigrations", verbosity=0)
        call_command("migrate", verbosity=0)
    with database() as connection:
        columns = connection.execute("SELECT name FROM pragma_table_info('batteries_site_note')").fetchall()
    return render(request, "said.html", {"said": " ".join(name for (name,) in columns)})


@login_required
def private(request: HttpRequest) -> HttpResponse:
    return render(request, "said.html", {"said": request.user.get_username()})


def database() -> sqlite3.Connection:
    """The scaffold's, past Django."""
    return sqlite3.connect(settings.DATABASES["default"]["NAME"])
