"""The quick tour's app with one form, and nothing that the quick tour does not do.

It is not measured: it shows what Pyramid does by itself with a form that another site sends.
"""

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

amounts: list[int] = []


def hello(request: Request) -> Response:
    return Response("Hello, World!", content_type="text/plain")


def transfer(request: Request) -> Response:
    if request.method == "POST":
        amounts.append(int(request.POST["amount"]))
    return Response(f'<form method="post"><input name="amount"></form><output>{sum(amounts)}</output>')


with Configurator() as config:
    config.add_route("hello", "/hello")
    config.add_view(hello, route_name="hello")
    config.add_route("transfers", "/transfers")
    config.add_view(transfer, route_name="transfers")
    application = config.make_wsgi_app()
