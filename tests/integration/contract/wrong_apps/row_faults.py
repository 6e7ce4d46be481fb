"""Faults in what `/db`, `/queries` and `/json` answer. One fault each, told by the docstring."""

import asyncio
import os

import psycopg
from reference import CONNECTIONS, Answer, App, Database, Refused, Request, reject

from harness.contract.dataset import random_number
from harness.contract.items import Item


class CachedRow(App):
    """Keeps the first row that it has read, for whoever asks."""

    async def row(self, world_id: int) -> dict:
        self.kept = getattr(self, "kept", None) or await super().row(world_id)
        return self.kept


class CachedById(App):
    """Keeps each row that it has read: right answers, but not from the database."""

    async def row(self, world_id: int) -> dict:
        self.kept = getattr(self, "kept", {})
        if world_id not in self.kept:
            self.kept[world_id] = await super().row(world_id)
        return self.kept[world_id]


class HardCoded(App):
    """Computes the rows instead of reading them."""

    async def row(self, world_id: int) -> dict:
        if not 1 <= world_id <= 10_000:
            reject("no such row", 404)
        return self.as_json((world_id, random_number(world_id)))


class ForShow(App):
    """Executes a SELECT for each row, and computes it."""

    async def row(self, world_id: int) -> dict:
        await super().row(world_id)
        return self.as_json((world_id, random_number(world_id)))


class NoPool(Database):
    """Leaves the connections that are open alone."""

    async def fetch(self, statement: str, parameters: tuple[object, ...] | None = None) -> list[tuple]:
        url = os.environ["DATABASE_URL"]
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            return await (await connection.execute(statement, parameters)).fetchall()


class ConnectionForEach(App):
    """Opens a connection to the database for each statement, beside those that are open."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.database = NoPool()


class LargePool(App):
    """Has its own pool of 48 connections, which all stand by."""

    def __init__(self, _: Database) -> None:
        super().__init__(own := Database())
        url = os.environ["DATABASE_URL"]
        self.opening = asyncio.gather(*(own.open(url) for _ in range(48 // CONNECTIONS)))

    async def row(self, world_id: int) -> dict:
        await self.opening
        return await super().row(world_id)


class GrowingDatabase(Database):
    """Has one connection at first, and opens a further one for whoever finds none free, as far as 48."""

    def __init__(self) -> None:
        super().__init__()
        self.open_so_far = 0

    async def fetch(self, statement: str, parameters: tuple[object, ...] | None = None) -> list[tuple]:
        if self._free.empty() and self.open_so_far < 48:
            self.open_so_far += 1
            url = os.environ["DATABASE_URL"]
            self._free.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))
        return await super().fetch(statement, parameters)


class GrowingPool(App):
    """Has its own pool, which grows where clients wait for a connection."""

    def __init__(self, _: Database) -> None:
        super().__init__(GrowingDatabase())


class NothingForNoRow(App):
    """Answers with nothing where there is no such row, as if that were one."""

    async def db(self, request: Request) -> Answer:
        try:
            return await super().db(request)
        except Refused as refused:
            if refused.answer.status != 404:
                raise
            return self.json_answer(None)


class SwappedIds(App):
    """Keeps the id in the application, where another request overwrites it."""

    async def db(self, request: Request) -> Answer:
        self.world_id = self.integer(request.parameter("id"))
        await asyncio.sleep(0)
        return self.json_answer(await self.row(self.world_id))


class MixedAnswers(App):
    """Keeps the answer in the application, whichever endpoint made it."""

    async def answer(self, request: Request) -> Answer:
        self.kept = await super().answer(request)
        await asyncio.sleep(0)
        return self.kept


class OneQuery(App):
    """Reads all rows with one IN query."""

    async def rows(self, ids: list[int]) -> list[dict]:
        found = await self.database.fetch("SELECT id, random_number FROM world WHERE id = ANY(%s)", (ids,))
        rows = dict(found)
        if not rows.keys() >= set(ids):
            reject("no such row", 404)
        return [self.as_json((world_id, rows[world_id])) for world_id in ids]


class Deduplicated(App):
    """Reads a row once that was asked for twice."""

    async def rows(self, ids: list[int]) -> list[dict]:
        rows = {world_id: await self.row(world_id) for world_id in set(ids)}
        return [rows[world_id] for world_id in ids]


class RowsOnce(App):
    """Answers each row once, however often its id was asked for."""

    async def rows(self, ids: list[int]) -> list[dict]:
        return await super().rows(list(dict.fromkeys(ids)))


class SortedRows(App):
    """Answers the rows in the order of their ids."""

    async def rows(self, ids: list[int]) -> list[dict]:
        return await super().rows(sorted(ids))


class WrongType(App):
    """Writes integers as JSON strings."""

    def as_json(self, row: tuple) -> dict:
        return {"id": row[0], "randomNumber": str(row[1])}


class WrongJson(App):
    """Greets somebody else."""

    async def json(self, _request: Request) -> Answer:
        return self.json_answer({"message": "Hello, world"})


class NullForNoRow(App):
    """Answers an id that has no row with an empty object."""

    async def row(self, world_id: int) -> dict:
        try:
            return await super().row(world_id)
        except Refused:
            return {}


class ManyIds(App):
    """Accepts any number of ids."""

    def limit(self, ids: list[int]) -> None:
        pass


class Misnamed(App):
    """Calls some values by other names than the contract does."""

    def as_json(self, row: tuple) -> dict:
        return {"id": row[0], "random_number": row[1]}

    def made(self, count: int, factor: int) -> list[Item]:
        return [
            {"madeOn" if name == "made_on" else name: value for name, value in each.items()}
            for each in super().made(count, factor)
        ]
