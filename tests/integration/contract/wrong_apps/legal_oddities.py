"""Apps that are right, in a way that few are. Each has to pass every check."""

import asyncio

from reference import Answer, App, Request


class EarlyHints(App):
    """Says before each answer what the page will need, in two interim responses."""

    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"

    def write(self, writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
        writer.write(self.hints)
        super().write(writer, request, answer)

    async def stream(self, headers: dict[str, str], interval_s: float, writer: asyncio.StreamWriter) -> None:
        writer.write(self.hints)
        await super().stream(headers, interval_s, writer)


class FeedInCarriageReturns(App):
    """Ends its lines in CR."""

    def event(self, sequence: int) -> bytes:
        return super().event(sequence).replace(b"\n", b"\r")


class FeedSpacedOut(App):
    """Spaces where the event stream and JSON allow them, the data first."""

    def event(self, sequence: int) -> bytes:
        head, data, _ = super().event(sequence).split(b"\n", 2)
        return data.replace(b'":', b'" :') + b"\r\n" + head.replace(b"id: ", b"id:  ") + b"\r\n\r\n"


class OptionalTagsLeftOut(App):
    """Leaves out every end tag that HTML lets it leave out, and runs a script of its own."""

    def page(self, rows: list[tuple]) -> str:
        page = super().page(rows).replace("<table>", "<script>document.title = 'Fortunes'</script><table>")
        for tag in ("</th>", "</td>", "</tr>", "</body>", "</html>"):
            page = page.replace(tag, "")
        return page
