"""A PostgreSQL of its own process: started in the folder named, asked one thing, stopped; says how that went."""

import json
import os
import sys
from pathlib import Path

from harness.model.errors import BenchError
from harness.runtime.database.embedded import EmbeddedPostgres
from harness.runtime.database.own_connection import connect
from harness.runtime.ledger import Ledger

state = Path(sys.argv[1])
try:
    with Ledger(state) as ledger:
        server = EmbeddedPostgres(cpus=tuple(os.sched_getaffinity(0)), log=state / "log", ledger=ledger)
        with connect(server.url) as connection:
            rows = connection.execute("SELECT count(*) FROM world").fetchone()
        server.stop()
        print(json.dumps({"rows": rows, "url": server.url}))
except BenchError as error:
    print(json.dumps({"what": error.what, "hint": error.hint, "code": error.exit_code}))
