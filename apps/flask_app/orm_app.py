"""The application factory of the variant whose rows pass through SQLAlchemy's ORM."""

import os

from flask import Flask
from psycopg.conninfo import conninfo_to_dict

from app import add_extra_route
from database import POOL_SIZE
from models import database
from orm_views import contract


def create_app() -> Flask:
    """Make the app as the environment describes it, with a pool of connections that open as they are needed."""
    app = Flask(__name__)
    if url := os.environ.get("DATABASE_URL"):
        # Where the database is goes to psycopg as libpq reads it: SQLAlchemy takes neither postgres:// nor `host=...`.
        app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://"
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "connect_args": conninfo_to_dict(url),
            "pool_size": POOL_SIZE,
            "max_overflow": 0,
        }
        database.init_app(app)
    for number in range(int(os.environ.get("EXTRA_ROUTES", "0"))):
        add_extra_route(app, number)
    app.register_blueprint(contract)
    return app
