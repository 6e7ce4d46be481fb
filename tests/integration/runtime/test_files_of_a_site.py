"""What a site leaves among the temporary files goes with it, even where it has to be killed."""

import os
from pathlib import Path

import pytest

from harness.model.app import App
from harness.model.base import BATTERIES_SITE
from harness.model.cell import Subject
from harness.runtime import alone
from harness.runtime.local.runtime import ProcessRuntime


@pytest.mark.fault(
    where="server",
    what="A site that is probed ignores SIGTERM",
    happens="It is killed, and the environment that was made for it goes with it.",
    lost="Nothing",
    exit_code=0,
)
def test_nothing_stays_of_one_that_had_to_be_killed(runtime: ProcessRuntime, tiny_app: App) -> None:
    python, program, behaviour = tiny_app.manifest.variants["stubborn"].command
    command = (python, "-I", "-c", Path(alone.__file__).read_text(), "--", program, behaviour)
    site = tiny_app.manifest.variants["stubborn"].model_copy(update={"command": command})
    manifest = tiny_app.manifest.model_copy(update={"batteries_site": site})
    app = tiny_app.model_copy(update={"manifest": manifest})
    subject = Subject(app="tiny", variant=BATTERIES_SITE)
    server = runtime.launch(app, subject, hash_seed=7, database_url=None)
    server.await_ready()
    (files,) = {folder for pid in server.pids() if (folder := made_in(pid))}
    assert [each.name for each in next(iter(files.iterdir())).iterdir()]
    assert f'"path":"{files}"' in runtime.ledger._path.read_text()
    server.stop()
    assert not files.exists()


def test_a_server_that_is_measured_has_those_of_the_host(runtime: ProcessRuntime, tiny_app: App) -> None:
    server = runtime.launch(tiny_app, Subject(app="tiny", variant="serve"), hash_seed=7, database_url=None)
    server.await_ready()
    assert {made_in(pid) for pid in server.pids()} == {Path(os.environ["TMPDIR"]) if "TMPDIR" in os.environ else None}
    server.stop()


def made_in(pid: int) -> Path | None:
    """The folder for temporary files that a process was given."""
    given = dict(each.partition("=")[::2] for each in Path(f"/proc/{pid}/environ").read_text().split("\0"))
    return Path(given["TMPDIR"]) if "TMPDIR" in given else None
