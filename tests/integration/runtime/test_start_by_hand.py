"""What is told of a server that did not start can be done once the command that told it has ended."""

import shlex
from pathlib import Path

import pytest

from harness.contract import dataset
from harness.host.cpus import allowed_cpus, lay_out
from harness.model.app import App
from harness.model.cell import Subject
from harness.model.errors import RuntimeFault
from harness.runtime.database.given import given_database
from harness.runtime.local.runtime import ProcessRuntime

EMBEDDED = "postgresql://bench@/bench?host=/nowhere/bench-abc"
GIVEN = "postgresql://me@db.example/bench"


def hint_of_a_crash(runtime: ProcessRuntime, app: App, url: str | None) -> str:
    server = runtime.launch(app, Subject(app="tiny", variant="crash"), hash_seed=7, database_url=url)
    with pytest.raises(RuntimeFault) as fault:
        server.await_ready()
    return str(fault.value.hint)


def test_a_database_that_goes_with_the_command_is_not_named_and_how_to_get_another_is(
    runtime: ProcessRuntime, tiny_app: App
) -> None:
    variant = tiny_app.variant("crash")
    crash = variant.model_copy(update={"command": (*variant.command, "${DATABASE_URL}")})
    app = tiny_app.model_copy(update={"manifest": tiny_app.manifest.model_copy(update={"variants": {"crash": crash}})})
    hint = hint_of_a_crash(runtime, app, EMBEDDED)
    assert EMBEDDED not in hint
    by_hand, how, *_ = hint.splitlines()
    assert shlex.split(by_hand)[-1] == "postgresql://USER@HOST/DATABASE"
    assert " DATABASE_URL=postgresql://USER@HOST/DATABASE " in by_hand
    assert "in place of postgresql://USER@HOST/DATABASE, which was one that is gone with this command" in how
    assert Path(shlex.split(how)[-1]).read_text(encoding="utf-8") == dataset.sql()


def test_a_database_of_the_user_s_is_named_as_it_stays(state: Path, tiny_app: App) -> None:
    given = given_database({"BENCH_DATABASE_URL": GIVEN}, beside_other_tables=False)
    with ProcessRuntime(state, lay_out(allowed_cpus(), {}), database=given) as runtime:
        hint = hint_of_a_crash(runtime, tiny_app, GIVEN)
    assert f" DATABASE_URL={GIVEN} " in hint
    assert "gone" not in hint


def test_a_server_without_a_database_is_told_of_none(runtime: ProcessRuntime, tiny_app: App) -> None:
    hint = hint_of_a_crash(runtime, tiny_app, None)
    assert "by hand" in hint
    assert "DATABASE" not in hint
