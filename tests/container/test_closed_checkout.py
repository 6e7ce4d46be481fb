"""Containers run as users of their own, who have to be let read what the checkout's owner alone may."""

import os
import shutil
from pathlib import Path

import pytest

from harness.catalog.discover import read_app
from harness.host.cpus import layout_here
from harness.model.cell import Subject
from harness.runtime.docker.container_engine import docker
from harness.runtime.docker.images import build_app_image
from harness.runtime.docker.runtime import DockerRuntime
from tests.container.left import APPS
from tests.waiting import PATIENCE_S


@pytest.mark.fault(
    where="engine",
    what="The checkout can be read by its owner alone (umask 077)",
    happens="Apps, load driver and PostgreSQL are given what they need of it all the same.",
    lost="Nothing",
    exit_code=0,
)
def test_an_app_that_only_its_owner_may_read_is_served_with_its_data(tmp_path: Path) -> None:
    folder = tmp_path / "closed_app"
    shutil.copytree(APPS / "wsgi_app", folder, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    app = read_app(folder)
    before = os.umask(0o077)
    try:
        with DockerRuntime(tmp_path / "state", layout_here()) as runtime:
            image = build_app_image(app, app.folder)
            runtime._images[app.folder] = image
            database = runtime.start_database()
            subject = Subject(app=app.name, variant="controlled")
            server = runtime.launch(app, subject, hash_seed=0, database_url=database.url)
            assert server.await_ready(PATIENCE_S) > 0
        docker("image", "rm", image.name)
    finally:
        os.umask(before)
    assert not list((tmp_path / "state" / "work").iterdir())
