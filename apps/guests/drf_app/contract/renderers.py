"""How answers that are no JSON are written."""

from collections.abc import Mapping
from typing import Any

from django.utils.encoding import smart_str
from rest_framework.renderers import BaseRenderer


class PlainTextRenderer(BaseRenderer):
    """A text as it is; what a view refuses with, which is a dictionary, in one line."""

    media_type = "text/plain"
    format = "txt"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        return smart_str(data)


class EventStreamRenderer(PlainTextRenderer):
    """Names the format upon which client and view agree; the events themselves go out by no renderer."""

    media_type = "text/event-stream"
    format = "events"
