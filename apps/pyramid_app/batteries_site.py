"""What Pyramid's own distribution brings, each part in use; of other parts, what the documentation imports for them.

It is not measured, and runs with nothing installed but Pyramid and what that requires.
"""

import importlib
import os
from wsgiref.simple_server import make_server

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory

ELSEWHERE = {
    "templates": "pyramid_jinja2",
    "form": "deform",
    "validation": "colander",
    "notes": "sqlalchemy",
    "migrations": "alembic",
    "login": "bcrypt",
}


def hello(request: Request) -> Response:
    return Response("Hello, World!", content_type="text/plain")


def secret(request: Request) -> Response:
    if request.method == "POST":
        request.session["secret"] = request.POST["secret"]
    return Response(f"<output>{request.session.get('secret', '')}</output>")


def elsewhere(request: Request) -> Response:
    module = ELSEWHERE.get(request.matchdict["part"])
    if module is None:
        return Response("", status=404)
    try:
        importlib.import_module(module)
    except ImportError as error:
        return Response(str(error), status=501)
    return Response("")


with Configurator() as config:
    config.set_session_factory(SignedCookieSessionFactory(os.urandom(16).hex()))
    config.add_route("hello", "/hello")
    config.add_view(hello, route_name="hello")
    config.add_route("session", "/session")
    config.add_view(secret, route_name="session")
    config.add_route("elsewhere", "/{part}")
    config.add_view(elsewhere, route_name="elsewhere")
    application = config.make_wsgi_app()

if __name__ == "__main__":
    make_server(os.environ["HOST"], int(os.environ["PORT"]), application).serve_forever()
