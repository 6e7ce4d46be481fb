"""What Django's own distribution brings, each part in use, in a project that its own command makes.

It is not measured, and runs with nothing installed but Django and what that requires. The project is made in a folder
of its own at each start, with the settings of the scaffold; its database is the scaffold's SQLite.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.utils.html import format_html

ADDED = """
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "batteries_site"
"""


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


def secret(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        request.session["secret"] = request.POST["secret"]
    field = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    return HttpResponse(format_html("{}<output>{}</output>", field, request.session.get("secret", "")))


def stored(request: HttpRequest) -> HttpResponse:
    """What the database holds of sessions, past Django."""
    with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as database:
        rows = database.execute("SELECT session_data FROM django_session").fetchall()
    return HttpResponse("\n".join(row for (row,) in rows), content_type="text/plain")


urlpatterns = [path("hello", hello), path("session", secret), path("session/stored", stored)]


def main(folder: Path) -> None:
    command = [sys.executable, "-S", "-m", "django", "startproject", "bare", str(folder)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=True)  # noqa: S603
    with (folder / "bare" / "settings.py").open("a") as file:
        file.write(ADDED)
    sys.path.insert(0, str(folder))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bare.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("runserver", f"{os.environ['HOST']}:{os.environ['PORT']}", "--noreload")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
