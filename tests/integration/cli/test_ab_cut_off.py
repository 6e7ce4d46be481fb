"""Ctrl-C in mid-run of `bench ab`: what was measured is compared, and the run goes on from there."""

import json
import signal
from pathlib import Path

import pytest

from harness.results.folder import read_run
from tests.ending import ended_well
from tests.integration.cli.conftest import Bench, left_behind
from tests.integration.cli.test_ab import committed  # noqa: F401 - a fixture
from tests.started import started_run

BEGIN = ("--profile", "smoke", "--rounds", "4", "--endpoint", "json", "--workload", "capacity", "--json")


@pytest.mark.fault(
    where="terminal",
    what="Ctrl-C in the midst of `bench ab`",
    happens="The comparison of what was measured is printed, and the command that goes on.",
    lost="The round under way",
    exit_code=130,
)
def test_what_was_measured_is_compared_and_the_run_goes_on(
    bench: Bench,
    committed: Path,  # noqa: F811 - see above
    tmp_path: Path,
) -> None:
    app = committed / "app.py"
    app.write_text(f"{app.read_text()}\n# changed\n")
    run = started_run(tmp_path, "ab", "HEAD", *BEGIN, until='"record":"round","round_index":1')
    run.send_signal(signal.SIGINT)
    out, err = run.communicate()
    assert run.returncode == 130, err
    (folder,) = tmp_path.glob("reports/2*")
    found = json.loads(out)
    assert found["a"]["name"] == "one (as of HEAD)"
    assert (folder / "comparison.html").is_file()
    assert f"bench ab --resume {folder.name}" in err
    assert left_behind(tmp_path) == []
    cut_off = read_run(folder)
    shown = [look.rounds for look in cut_off.run.looks]
    assert shown == ([cut_off.rounds_complete] if found["apps"][0]["cpu"] else []), "what was shown was looked at"

    kept = app.read_text()
    app.write_text(f"{kept}# once more\n")
    refused = bench("ab", "--resume", folder.name)
    assert refused.returncode == 2
    assert "one/default has changed since the run began" in refused.stderr
    app.write_text(kept)

    resumed = bench("ab", "--resume", folder.name, "--json")
    assert ended_well(resumed.returncode, resumed.stderr), resumed.stderr
    recorded = read_run(folder)
    assert recorded.rounds_complete == 4
    assert [look.rounds for look in recorded.run.looks] == shown
    assert recorded.run.plan.sides is not None
    assert recorded.run.plan.sides.commit == "HEAD"
    assert json.loads(resumed.stdout)["verdict"]
    assert list((tmp_path / ".bench" / "revisions").iterdir()) == []
