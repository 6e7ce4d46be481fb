"""The endpoints under WSGI as in `views`, but with SQL through Django's cursor: no row passes through the ORM."""

from operator import itemgetter

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contract.models import ADDED_FORTUNE
from contract.parameters import integer, integers
from contract.views import extra, feed, hello, items, json_message, orders, wait

__all__ = ["db", "extra", "feed", "fortunes", "hello", "items", "json_message", "orders", "queries", "wait"]


@require_safe
def db(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_world(integer(request, "id")))


@require_safe
def queries(request: HttpRequest) -> HttpResponse:
    return JsonResponse([_world(world_id) for world_id in integers(request, "ids", most=500)], safe=False)


@require_safe
def fortunes(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, message FROM fortune")
        rows = [{"id": fortune_id, "message": message} for fortune_id, message in cursor.fetchall()]
    rows.append({"id": ADDED_FORTUNE.id, "message": ADDED_FORTUNE.message})
    rows.sort(key=itemgetter("message"))
    return render(request, "fortunes.html", {"fortunes": rows})


def _world(world_id: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, random_number FROM world WHERE id = %s", [world_id])
        row = cursor.fetchone()
    if row is None:
        raise Http404("No such row.")
    return {"id": row[0], "randomNumber": row[1]}
