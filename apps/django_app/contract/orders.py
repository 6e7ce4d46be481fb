"""The orders of `/orders`: read from a request, checked by a form, and answered."""

import json
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse

from contract.forms import OrderForm


def answer_order(request: HttpRequest) -> JsonResponse:
    """What the posted order costs (half a cent is rounded up), or what is wrong; `BadRequest` where it is no order."""
    form = OrderForm(posted_object(request))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=400)
    order = form.cleaned_data
    sum_cents = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    total_cents = (sum_cents * (100 - order["discount_percent"]) + 50) // 100
    answer = {"reference": order["reference"], "lines": len(order["lines"]), "total_cents": total_cents}
    return JsonResponse(answer, status=201)


def posted_object(request: HttpRequest) -> dict[str, Any]:
    """The object in JSON that the body is."""
    try:
        posted = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadRequest("the body is no JSON") from None
    if not isinstance(posted, dict):
        raise BadRequest("an order is an object")
    return posted
