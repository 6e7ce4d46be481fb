"""The tables that the contract's data set brings along."""

from typing import Final

from django.db import models


class World(models.Model):
    """A row of numbers."""

    id = models.IntegerField(primary_key=True)
    random_number = models.IntegerField()

    class Meta:
        managed = False
        db_table = "world"

    def __str__(self) -> str:
        return f"{self.id}: {self.random_number}"


class Fortune(models.Model):
    """A message to its reader."""

    id = models.IntegerField(primary_key=True)
    message = models.TextField()

    class Meta:
        managed = False
        db_table = "fortune"

    def __str__(self) -> str:
        return self.message


ADDED_FORTUNE: Final = Fortune(id=0, message="Fortune favours the row that was added last.")
