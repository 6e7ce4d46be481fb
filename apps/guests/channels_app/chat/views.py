"""The endpoints of the HTTP contract that Django answers."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
async def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


@require_safe
async def json_message(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"message": "Hello, World!"})


@require_safe
async def extra(_request: HttpRequest, number: int) -> HttpResponse:
    """A view beside the contract's own, to see what a long routing table costs."""
    return HttpResponse(f"extra {number}", content_type="text/plain")
