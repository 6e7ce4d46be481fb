"""The tables that the contract's data set brings along, as SQLAlchemy maps them."""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What all tables have in common."""


database = SQLAlchemy(model_class=Base)


class World(database.Model):
    """A row of numbers."""

    __tablename__ = "world"

    id: Mapped[int] = mapped_column(primary_key=True)
    random_number: Mapped[int]

    def as_json(self) -> dict[str, int]:
        """The row as the API answers it."""
        return {"id": self.id, "randomNumber": self.random_number}


class Fortune(database.Model):
    """A message to its reader."""

    __tablename__ = "fortune"

    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str]
