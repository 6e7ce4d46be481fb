"""A harness of its own process, to be killed: starts what it is told, says so, and waits."""

import json
import sys
import time
from pathlib import Path

from harness.host.cpus import allowed_cpus, lay_out
from harness.model.app import App
from harness.model.cell import Subject
from harness.runtime.local.runtime import ProcessRuntime

state, app = Path(sys.argv[1]), App.model_validate_json(sys.argv[2])
behaviours = sys.argv[3:]
runtime = ProcessRuntime(state, lay_out(allowed_cpus(), {}))
print(json.dumps({"ledger": runtime.ledger.name}), flush=True)
pids, port = [], None
for behaviour in behaviours:
    if behaviour == "database":
        pids += runtime.start_database().pids()
    else:
        server = runtime.launch(app, Subject(app="tiny", variant=behaviour), hash_seed=0, database_url=None)
        server.await_ready()
        pids += server.pids()
        port = server.port
print(json.dumps({"pids": pids, "port": port}), flush=True)
time.sleep(600)
