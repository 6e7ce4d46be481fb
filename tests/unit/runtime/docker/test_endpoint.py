"""Where the engine is, from what Docker's settings say."""

import pytest

from harness.model.errors import RuntimeFault
from harness.runtime.docker import endpoint


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in endpoint._DECIDING:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def set_endpoint(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setattr(endpoint, "docker", lambda *_: f"somewhere {told}\n")


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("unix:///var/run/docker.sock", None),
        ("npipe:////./pipe/docker_engine", None),
        ("tcp://127.0.0.1:2375", None),
        ("tcp://localhost:2375", None),
        ("tcp://192.0.2.77:2376", "192.0.2.77"),
        ("ssh://somebody@192.0.2.78", "192.0.2.78"),
        ("ssh://somebody@192.0.2.78:2222", "192.0.2.78"),
    ],
)
def test_a_remote_engine_is_told_by_its_endpoint(says: pytest.MonkeyPatch, told: str, address: str | None) -> None:
    set_endpoint(says, told)
    assert endpoint.find_app_host(None) == address


def test_an_address_that_is_given_goes_before_what_the_settings_say(says: pytest.MonkeyPatch) -> None:
    """Such as for a socket that is the end of a tunnel."""
    set_endpoint(says, "unix:///tmp/tunnel.sock")
    assert endpoint.find_app_host("192.0.2.79") == "192.0.2.79"


def test_a_name_without_an_address_is_told_with_the_option_that_mends_it(says: pytest.MonkeyPatch) -> None:
    set_endpoint(says, "tcp://no-such-host.invalid:2375")
    with pytest.raises(RuntimeFault, match=r"no-such-host\.invalid has no address here") as told:
        endpoint.find_app_host(None)
    assert "--app-host" in told.value.hint


def test_an_engine_is_found_again_whatever_the_settings_say_by_then(says: pytest.MonkeyPatch) -> None:
    set_endpoint(says, "unix:///var/run/docker.sock")
    noted = endpoint.reached_by()
    assert (noted["DOCKER_HOST"], noted["DOCKER_CONTEXT"]) == ("", "somewhere")
    assert endpoint.described(noted) == "Docker context 'somewhere'"
    says.setenv("DOCKER_HOST", "tcp://192.0.2.77:2376")
    noted = endpoint.reached_by()
    assert noted["DOCKER_HOST"] == endpoint.described(noted) == "tcp://192.0.2.77:2376"
