"""The endpoints of the HTTP contract."""

import time
from operator import attrgetter
from typing import Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contract.feed import numbered_events
from contract.items import list_items
from contract.models import ADDED_FORTUNE, Fortune, World
from contract.orders import accept_order
from contract.renderers import EventStreamRenderer, PlainTextRenderer
from contract.serializers import (
    FeedQuery,
    ItemSerializer,
    ItemsQuery,
    OrderSerializer,
    WaitQuery,
    WorldQuery,
    WorldSerializer,
    WorldsQuery,
)


def parameters(request: Request, serializer: type[serializers.Serializer]) -> dict[str, Any]:
    """The query parameters by their serializer; `ValidationError` where one can't be used."""
    query = serializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return query.validated_data


class HelloView(APIView):
    renderer_classes = (PlainTextRenderer,)

    def get(self, _request: Request) -> Response:
        return Response("Hello, World!")


class JsonView(APIView):
    def get(self, _request: Request) -> Response:
        return Response({"message": "Hello, World!"})


class ItemsView(APIView):
    def get(self, request: Request) -> Response:
        items = list_items(**parameters(request, ItemsQuery))
        return Response({"items": ItemSerializer(items, many=True).data})


class OrdersView(APIView):
    def post(self, request: Request) -> Response:
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        return Response(accept_order(order.validated_data), status=status.HTTP_201_CREATED)


class DbView(APIView):
    def get(self, request: Request) -> Response:
        world = get_object_or_404(World, pk=parameters(request, WorldQuery)["id"])
        return Response(WorldSerializer(world).data)


class QueriesView(APIView):
    def get(self, request: Request) -> Response:
        worlds = [get_object_or_404(World, pk=world_id) for world_id in parameters(request, WorldsQuery)["ids"]]
        return Response(WorldSerializer(worlds, many=True).data)


class FortunesView(APIView):
    renderer_classes = (TemplateHTMLRenderer,)

    def get(self, _request: Request) -> Response:
        rows = [*Fortune.objects.all(), ADDED_FORTUNE]
        rows.sort(key=attrgetter("message"))
        return Response({"fortunes": rows}, template_name="fortunes.html")


class WaitView(APIView):
    def get(self, request: Request) -> Response:
        wait_ms = parameters(request, WaitQuery)["ms"]
        time.sleep(wait_ms / 1000)
        return Response({"waited": wait_ms})


class FeedView(APIView):
    renderer_classes = (EventStreamRenderer,)
    http_method_names = ("get",)  # to HEAD, Django would send the whole body to the server, and this one has no end

    def get(self, request: Request) -> StreamingHttpResponse:
        interval_ms = parameters(request, FeedQuery)["interval_ms"]
        return StreamingHttpResponse(
            numbered_events(interval_ms), content_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )


class ExtraView(APIView):
    """A view beside the contract's own, to see what a long routing table costs."""

    renderer_classes = (PlainTextRenderer,)

    def get(self, _request: Request, number: int) -> Response:
        return Response(f"extra {number}")
