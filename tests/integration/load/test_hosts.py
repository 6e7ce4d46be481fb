"""Load over a network of hosts: network namespaces with addresses and, for one, a clock of their own.

Two load hosts, an app host with Flask on gunicorn, and a database host with PostgreSQL, joined by a bridge.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest

from harness.catalog.discover import read_app
from harness.companion import Program
from harness.contract import dataset
from harness.host import variables
from harness.load.client import Driver
from harness.model.app import Endpoint
from harness.model.errors import RuntimeFault
from harness.model.window import Mode, WindowReport, WindowSpec
from harness.runtime.database.cluster_folder import make_cluster_folder, programs_for
from harness.runtime.database.embedded import _make_cluster
from harness.runtime.database.postgres_user import find_postgres_user
from harness.runtime.environment import make_environment, programs_folder
from harness.runtime.ledger import Ledger
from tests.ending import ended_well
from tests.odd_hosts import standing
from tests.waiting import PATIENCE_S, eventually, in_step, undisturbed
from tests.warm import bench

ADDRESSES = {"load-1": "10.213.9.1", "load-2": "10.213.9.2", "app": "10.213.9.3", "db": "10.213.9.4"}
PREFIX = "bench-host-"
SWITCH = "switch"
"""A host of its own joins them: what this machine's firewall does with bridged packets is not of the test."""
MASTER = f"{ADDRESSES['load-1']}:5557"
FLASK = Path(__file__).parents[3] / "apps" / "flask_app"

type OnHost = Callable[..., tuple[str, ...]]


def ip(*words: str, check: bool = True) -> None:
    subprocess.run(("ip", *words), check=check, capture_output=True)


def remove_hosts() -> None:
    for host in (*ADDRESSES, SWITCH):
        ip("netns", "delete", PREFIX + host, check=False)


def on(host: str, *command: str) -> tuple[str, ...]:
    """The command as it is started on a host."""
    return ("ip", "netns", "exec", PREFIX + host, *command)


@pytest.fixture(scope="module", autouse=True)
def hosts() -> Iterator[None]:
    """Four hosts on one network."""
    if os.geteuid() != 0:
        reason = "making hosts out of network namespaces takes root"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    remove_hosts()
    try:
        switch = ("-n", PREFIX + SWITCH)
        ip("netns", "add", PREFIX + SWITCH)
        ip(*switch, "link", "add", "bridge", "type", "bridge")
        ip(*switch, "link", "set", "bridge", "up")
        for number, (host, address) in enumerate(ADDRESSES.items()):
            ip("netns", "add", PREFIX + host)
            ip(*switch, "link", "add", f"port-{number}", "type", "veth", "peer", "name", "eth0", "netns", PREFIX + host)
            ip(*switch, "link", "set", f"port-{number}", "master", "bridge", "up")
            for words in (
                ("address", "add", f"{address}/24", "dev", "eth0"),
                ("link", "set", "eth0", "up"),
                ("link", "set", "lo", "up"),
            ):
                ip("-n", PREFIX + host, *words)
        yield
    finally:
        remove_hosts()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """PostgreSQL with the data set on its own host; its URL."""
    user = find_postgres_user()
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(tmp_path_factory.mktemp("state")))
        folder = make_cluster_folder(user, ledger.record_folder)
        stack.callback(shutil.rmtree, folder)
        programs = programs_for(user, folder)
        _make_cluster(programs, folder / "data", user, marker=ledger.marker)
        with (folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.213.9.0/24 trust\n")
        server = subprocess.Popen(
            on(
                "db",
                *(
                    "setpriv",
                    f"--reuid={user.uid}",
                    f"--regid={user.gid}",
                    "--clear-groups",
                    str(programs / "postgres"),
                ),
                *("-D", str(folder / "data"), "-k", str(folder), "-c", f"listen_addresses={ADDRESSES['db']}"),
            ),
            env=variables.base(programs) | {"LC_ALL": "C"},
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(server.wait)
        stack.callback(server.terminate)
        local = f"postgresql://bench@/postgres?host={folder}"  # The Unix socket lies in a folder that hosts share.

        def filled() -> bool:
            with suppress(psycopg.OperationalError), psycopg.connect(local, autocommit=True) as connection:
                connection.execute(dataset.sql().encode())
                return True
            return False

        eventually(filled, "a database that takes connections")
        yield f"postgresql://bench@{ADDRESSES['db']}/postgres"


@pytest.fixture(scope="module")
def app_port(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Flask on the app host."""
    app = read_app(FLASK)
    make_environment(app, tmp_path_factory.mktemp("locks"))
    command = ("gunicorn", "--worker-class", "gthread", "--threads", "16", "--keep-alive", "75", "--bind")
    server = subprocess.Popen(
        on("app", str(programs_folder(app) / command[0]), *command[1:], f"{ADDRESSES['app']}:8000", "app:create_app()"),
        cwd=FLASK,
        env=variables.base(programs_folder(app)) | {"DATABASE_URL": database},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield 8000
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def start_worker() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a worker on a host; with `clock_ahead_s`, one whose monotonic clock is that much ahead."""
    with ExitStack() as running:

        def start(host: str, clock_ahead_s: int = 0, port: int = 5557) -> subprocess.Popen[bytes]:
            clock = ("unshare", "--time", "--monotonic", str(clock_ahead_s), "--kill-child", "--fork")
            command = (sys.executable, "-m", "harness.load.worker", "--master", f"{ADDRESSES['load-1']}:{port}")
            worker = subprocess.Popen(on(host, *(clock if clock_ahead_s else ()), *command))
            running.callback(worker.wait)
            running.callback(worker.kill)
            return worker

        yield start


def driver_on_first_host(workers: int) -> Driver:
    command = (sys.executable, "-m", "harness.load.driver", "--workers", str(workers), "--listen", MASTER)
    return Driver.start(Program(command=on("load-1", *command)))


def window(endpoint: Endpoint, port: int, **changes: object) -> WindowSpec:
    values: dict[str, object] = {
        "host": ADDRESSES["app"],
        "port": port,
        "endpoint": endpoint,
        "mode": Mode.CLOSED,
        "connections": 8,
        "lead_in_s": 0.2,
        "duration_s": 1.0,
    }
    return WindowSpec.model_validate(values | changes)


def warm(driver: Driver, spec: WindowSpec) -> None:
    """Wait until the app answers."""
    trial = spec.model_copy(update={"duration_s": 0.2, "timeout_s": 1.0})
    eventually(lambda: in_step(lambda: driver.window(trial)).responses, "an answer")


def test_two_load_hosts_drive_an_app_on_a_third_with_its_database_on_a_fourth(
    app_port: int, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """The clock of the second load host is a day ahead: nothing that is measured may depend on it."""
    start_worker("load-1")
    start_worker("load-2", clock_ahead_s=86_400)
    with driver_on_first_host(2) as driver:
        warm(driver, window(Endpoint.DB, app_port))

        def check(report: WindowReport) -> None:
            assert min(share.responses for share in report.workers) > 0.2 * report.responses
            # Little's law holds over all workers, so their counts and times belong to the same second.
            assert abs(report.latency_sum_ns / report.duration_ns - 8) < 0.5

        report = undisturbed(lambda: in_step(lambda: driver.window(window(Endpoint.DB, app_port))), check)
        assert not report.failures, report.first_failure
        assert len(report.workers) == 2
        open_loop = window(Endpoint.JSON, app_port, mode=Mode.OPEN, rate_rps=100, duration_s=2)
        opened = in_step(lambda: driver.window(open_loop))
        assert opened.offered is not None
        assert abs(opened.offered - 200) < 4 * 200**0.5
        assert opened.responses == opened.offered


@pytest.mark.fault(
    where="generator",
    what="The network of a load host is cut in mid-window",
    happens="The window is lost, and says which worker it was; the others go on.",
    lost="That window",
    exit_code=4,
)
def test_a_load_host_that_goes_away_in_mid_window_is_named(
    app_port: int, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """Its network is cut: nothing comes from it any more, not even an end."""
    start_worker("load-1")
    start_worker("load-2")
    with driver_on_first_host(2) as driver:
        warm(driver, window(Endpoint.HELLO, app_port))
        cut = ("-n", PREFIX + "load-2", "link", "set", "eth0", "down")
        try:
            with pytest.raises(RuntimeFault, match=r"worker .*/1 was lost in mid-window|worker .*/0 was lost"):
                driver.window(window(Endpoint.HELLO, app_port, duration_s=10 * PATIENCE_S), lambda _: ip(*cut))
        finally:
            ip("-n", PREFIX + "load-2", "link", "set", "eth0", "up")
        start_worker("load-1")
        report = in_step(lambda: driver.window(window(Endpoint.HELLO, app_port)))
        assert len(report.workers) >= 2
        assert not report.failures


def test_nothing_of_the_hosts_is_left_to_chance() -> None:
    """The app host reaches the database host and knows no way beyond the bridge."""
    done = subprocess.run(on("app", "ip", "-json", "route"), capture_output=True, text=True, check=True)
    assert [route["dst"] for route in json.loads(done.stdout)] == ["10.213.9.0/24"]


def test_a_whole_run_is_driven_by_workers_of_two_hosts(
    tmp_path: Path, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    start_worker("load-1", port=5558)
    start_worker("load-2", port=5558)
    with standing(on("load-1")) as host:
        done = bench(
            tmp_path,
            *("run", "--runtime", "process", "--profile", "smoke", "--workload", "capacity"),
            *("--app", "flask", "--endpoint", "hello", "--apps-dir", str(FLASK.parent)),
            *("--workers", "2", "--listen", f"{ADDRESSES['load-1']}:5558"),
            host=host,
        )
    began_apart = done.returncode == 4 and "can't be told whether the workers began together" in done.stderr
    assert ended_well(done.returncode, done.stderr) or began_apart, done.stderr
    folder = tmp_path / done.stdout.strip()
    assert json.loads((folder / "run.json").read_text())["generator"]["workers"] == 2
    records = [json.loads(line) for line in (folder / "windows.jsonl").read_text().splitlines()]
    windows = [record for record in records if record["record"] == "window"]
    measured = [window for window in windows if window["report"]]
    assert measured
    # A busy host may make workers of two hosts begin too far apart; nothing else may cost a window.
    assert all("workers" in window["lost"] for window in windows if not window["report"])
    answers: Counter[str] = Counter()
    for window in measured:
        assert window["spec"]["host"] == ADDRESSES["load-1"]
        shares = {share["name"]: share["responses"] for share in window["report"]["workers"]}
        assert len(shares) == 2
        answers.update(shares)
    assert min(answers.values()) > 0  # in all windows together: a busy host may leave one worker of one without
