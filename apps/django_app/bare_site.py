"""The project that `django-admin startproject` makes, with one form.

It is not measured: it shows what Django does by itself with a form that another site sends. The settings are those of
the scaffold, taken from where the command takes them; only the host's name is not looked at.
"""

from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import Context, Engine
from django.template.base import Template
from django.urls import path

amounts: list[int] = []


def scaffold_settings() -> dict[str, object]:
    """What `startproject` would write into settings.py."""
    file = Path(django.__file__).parent / "conf" / "project_template" / "project_name" / "settings.py-tpl"
    given = Context({"project_name": __name__, "secret_key": "not-used-for-anything", "docs_version": "dev"})
    written: dict[str, object] = {"__file__": __file__}
    exec(Template(file.read_text(), engine=Engine()).render(given), written)  # noqa: S102 - Django's own text
    return {name: value for name, value in written.items() if name.isupper()}


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


def transfer(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        amounts.append(int(request.POST["amount"]))
    page = Engine().from_string(
        '<form method="post">{% csrf_token %}<input name="amount"></form><output>{{ transfers }}</output>'
    )
    return HttpResponse(page.render(Context({"transfers": sum(amounts), "csrf_token": get_token(request)})))


settings.configure(**{**scaffold_settings(), "ROOT_URLCONF": __name__, "ALLOWED_HOSTS": ["*"]})
application = get_wsgi_application()
urlpatterns = [path("hello", hello), path("transfers", transfer)]
