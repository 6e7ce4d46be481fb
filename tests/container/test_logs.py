"""What a container logs for each request is read when it has ended, before it is removed; so is a file of its own."""

import pytest

from harness.measure.access_log import logged_for_each_request
from harness.measure.target import target_of
from harness.model.app import App, Endpoint
from harness.model.cell import Subject
from harness.runtime.docker.runtime import DockerRuntime

CONTROLLED = Subject(app="flask", variant="controlled")


@pytest.mark.parametrize("options", ["", "--access-logfile -", "--access-logfile /tmp/access.log"])
def test_an_access_log_is_told(runtime: DockerRuntime, flask: App, options: str) -> None:
    variant = flask.variant(CONTROLLED.variant)
    deployed = variant.model_copy(update={"environment": {**variant.environment, "GUNICORN_CMD_ARGS": options}})
    variants = {**flask.manifest.variants, CONTROLLED.variant: deployed}
    app = flask.model_copy(update={"manifest": flask.manifest.model_copy(update={"variants": variants})})
    server = runtime.launch(app, CONTROLLED, hash_seed=1, database_url=None)
    try:
        server.await_ready()
        told = logged_for_each_request(server, target_of(app, server, 0), (Endpoint.JSON,))
    finally:
        server.stop()
    assert (told is not None) is bool(options), told
    assert not options or '"GET /json HTTP/1.1" 200' in told
    assert not options or ("to /tmp/access.log for each request" in told) is ("access.log" in options)
