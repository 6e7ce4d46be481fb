"""Faults in what `/items` answers. One fault each, told by the docstring."""

from datetime import date

from reference import Answer, App, Request

from harness.contract.items import Item


class PreparedItems(App):
    """Answers with the items that were asked for first, whoever asks."""

    async def items(self, request: Request) -> Answer:
        self.kept = getattr(self, "kept", None) or await super().items(request)
        return self.kept


class ItemsKeptByCount(App):
    """Keeps an answer for each count, whatever the factor."""

    def made(self, count: int, factor: int) -> list[Item]:
        self.kept = getattr(self, "kept", {})
        return self.kept.setdefault(count, super().made(count, factor))


class OneItemLess(App):
    """Ends before the last item."""

    def made(self, count: int, factor: int) -> list[Item]:
        return super().made(count, factor)[:-1]


class OneItemForAll(App):
    """Adds one and the same object again and again, so that all items are the last one."""

    def made(self, count: int, factor: int) -> list[Item]:
        return super().made(count, factor)[-1:] * count


class BareList(App):
    """Answers with the list alone."""

    async def items(self, request: Request) -> Answer:
        return self.json_answer(self.asked_items(request))


class AnyCount(App):
    """Makes as many items as it is asked for."""

    def asked_items(self, request: Request) -> list[Item]:
        return self.made(self.integer(request.parameter("count")), self.integer(request.parameter("factor")))


class _OtherFields(App):
    def made(self, count: int, factor: int) -> list[Item]:
        return [{**each, **self.other(each)} for each in super().made(count, factor)]

    def other(self, made: Item) -> Item:
        raise NotImplementedError


class RoundedPrice(_OtherFields):
    """Rounds to two places."""

    def other(self, made: Item) -> Item:
        return {"price": round(made["price"], 2)}


class PriceAsText(_OtherFields):
    """Writes a number as a text."""

    def other(self, made: Item) -> Item:
        return {"price": f"{made['price']:.3f}"}


class QuantityAsFloat(_OtherFields):
    """Writes an integer as 7.0."""

    def other(self, made: Item) -> Item:
        return {"quantity": float(made["quantity"])}


class AvailableAsNumber(_OtherFields):
    """Writes true as 1."""

    def other(self, made: Item) -> Item:
        return {"available": int(made["available"])}


class DateOfHttp(_OtherFields):
    """Writes a date as Flask does by itself."""

    def other(self, made: Item) -> Item:
        day = date.fromisoformat(made["made_on"])
        return {"made_on": day.strftime("%a, %d %b %Y 00:00:00 GMT")}


class ZeroForNone(_OtherFields):
    """Knows no null."""

    def other(self, made: Item) -> Item:
        return {"previous": made["previous"] or 0}


class NoAccents(_OtherFields):
    """Writes a question mark where a letter is not ASCII."""

    def other(self, made: Item) -> Item:
        return {"tags": [each.encode("ascii", "replace").decode() for each in made["tags"]]}


class FlatSize(_OtherFields):
    """Writes what is nested as a list."""

    def other(self, made: Item) -> Item:
        return {"size": list(made["size"].values())}
