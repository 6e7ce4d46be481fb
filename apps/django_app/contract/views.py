"""The endpoints of the HTTP contract under WSGI."""

import time
from operator import attrgetter

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from contract.feed import numbered_events
from contract.items import list_items
from contract.models import ADDED_FORTUNE, Fortune, World
from contract.orders import answer_order
from contract.parameters import bounded_integer, integer, integers


@require_safe
def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


@require_safe
def json_message(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"message": "Hello, World!"})


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    count = bounded_integer(request, "count", 1, 100)
    factor = bounded_integer(request, "factor", 1, 1_000_000)
    return JsonResponse({"items": list_items(count, factor)})


@csrf_exempt  # no browser's form posts here
@require_POST
def orders(request: HttpRequest) -> HttpResponse:
    return answer_order(request)


@require_safe
def db(request: HttpRequest) -> HttpResponse:
    world = get_object_or_404(World, pk=integer(request, "id"))
    return JsonResponse(world.as_json())


@require_safe
def queries(request: HttpRequest) -> HttpResponse:
    worlds = [get_object_or_404(World, pk=world_id) for world_id in integers(request, "ids", most=500)]
    # Only a dictionary is safe from old browsers' array constructors, so Django wants to hear that a list is meant.
    return JsonResponse([world.as_json() for world in worlds], safe=False)


@require_safe
def fortunes(request: HttpRequest) -> HttpResponse:
    rows = [*Fortune.objects.all(), ADDED_FORTUNE]
    rows.sort(key=attrgetter("message"))
    return render(request, "fortunes.html", {"fortunes": rows})


@require_safe
def wait(request: HttpRequest) -> HttpResponse:
    wait_ms = bounded_integer(request, "ms", 0, 10_000)
    time.sleep(wait_ms / 1000)
    return JsonResponse({"waited": wait_ms})


@require_GET  # to HEAD, Django would send the whole body to the server, and this one has no end
def feed(request: HttpRequest) -> StreamingHttpResponse:
    interval_ms = bounded_integer(request, "interval_ms", 10, 60_000)
    return StreamingHttpResponse(
        numbered_events(interval_ms), content_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


@require_safe
def extra(_request: HttpRequest, number: int) -> HttpResponse:
    """A view beside the contract's own, to see what a long routing table costs."""
    return HttpResponse(f"extra {number}", content_type="text/plain")
