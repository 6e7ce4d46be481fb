"""The endpoints of the HTTP contract."""

import time
from operator import attrgetter
from typing import Annotated, Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from ninja import NinjaAPI, Query, Status
from ninja.errors import HttpError

from contract.feed import numbered_events
from contract.items import list_items
from contract.models import ADDED_FORTUNE, Fortune, World
from contract.schemas import AcceptedOrder, Items, Message, Order, Waited, WorldRow

MOST_IDS: Final = 500

api = NinjaAPI(title="The HTTP contract on Django Ninja")


def add_extra_route(number: int) -> None:
    """A route beside the contract's own, to see what a long routing table costs."""

    @api.get(f"/extra/{number}", url_name=f"extra_{number}")
    def extra(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"extra {number}", content_type="text/plain")


for extra_number in range(settings.EXTRA_ROUTES):
    add_extra_route(extra_number)


@api.get("/hello")
def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


@api.get("/json", response=Message)
def json_message(request: HttpRequest) -> dict[str, Any]:
    return {"message": "Hello, World!"}


@api.get("/items", response=Items)
def items(
    request: HttpRequest,
    count: Annotated[int, Query(ge=1, le=100)],
    factor: Annotated[int, Query(ge=1, le=1_000_000)],
) -> dict[str, Any]:
    return {"items": list_items(count, factor)}


@api.post("/orders", response={201: AcceptedOrder})
def orders(request: HttpRequest, order: Order) -> Status:
    """What the order costs. Half a cent is rounded up."""
    sum_cents = sum(line.quantity * line.unit_cents for line in order.lines)
    total_cents = (sum_cents * (100 - order.discount_percent) + 50) // 100
    return Status(201, {"reference": order.reference, "lines": len(order.lines), "total_cents": total_cents})


@api.get("/db", response=WorldRow)
def db(request: HttpRequest, world_id: Annotated[int, Query(alias="id")]) -> World:
    see_to_database()
    return get_object_or_404(World, pk=world_id)


@api.get("/queries", response=list[WorldRow])
def queries(request: HttpRequest, ids: str) -> list[World]:
    see_to_database()
    return [get_object_or_404(World, pk=world_id) for world_id in integers(ids)]


@api.get("/fortunes")
def fortunes(request: HttpRequest) -> HttpResponse:
    see_to_database()
    rows = [*Fortune.objects.all(), ADDED_FORTUNE]
    rows.sort(key=attrgetter("message"))
    return render(request, "fortunes.html", {"fortunes": rows})


@api.get("/wait", response=Waited)
def wait(request: HttpRequest, ms: Annotated[int, Query(ge=0, le=10_000)]) -> dict[str, int]:
    time.sleep(ms / 1000)
    return {"waited": ms}


@api.get("/feed")
def feed(request: HttpRequest, interval_ms: Annotated[int, Query(ge=10, le=60_000)]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        numbered_events(interval_ms), content_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def see_to_database() -> None:
    """`HttpError` 503 where the app was started without a database."""
    if not settings.DATABASE_URL:
        raise HttpError(503, "DATABASE_URL is not set")


def integers(text: str) -> list[int]:
    """The integers between the commas, 1 to 500 of them; `HttpError` 400 where it is no such list."""
    texts = text.split(",")
    if len(texts) > MOST_IDS:
        raise HttpError(400, f"ids must hold at most {MOST_IDS} integers")
    try:
        return [int(each) for each in texts]
    except ValueError:
        raise HttpError(400, "ids must be integers with commas between them") from None
