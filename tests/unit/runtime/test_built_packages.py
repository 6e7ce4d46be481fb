"""What has no wheel for an interpreter is built from source there, and that is told."""

from pathlib import Path

import pytest

from harness.host.interpreter import Distribution, Environment, own_interpreter
from harness.measure.verify import built_here
from harness.runtime.built_packages import built_packages
from tests.unit.analysis.simulate import subject
from tests.unit.results.sample import INTERPRETER, deployment

LOCK = """version = 1

[[package]]
name = "charted"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://example.org/charted-1.0.tar.gz", hash = "sha256:0", size = 1 }
wheels = [
    { url = "https://example.org/charted-1.0-cp314-cp314-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", size = 1 },
    { url = "https://example.org/charted-1.0-1-cp310-abi3-manylinux_2_28_x86_64.whl", size = 1 },
]

[[package]]
name = "plain"
version = "1.0"
sdist = { url = "https://example.org/plain-1.0.tar.gz", hash = "sha256:0", size = 1 }
wheels = [
    { url = "https://example.org/plain-1.0-py2.py3-none-any.whl", size = 1 },
]

[[package]]
name = "local"
version = "1.0"
source = { path = "local-1.0-py3-none-any.whl" }
wheels = [
    { filename = "local-1.0-py3-none-any.whl" },
]
"""


@pytest.mark.parametrize(
    ("name", "tags", "built"),
    [
        ("charted", ("cp314-cp314-manylinux_2_17_x86_64", "cp314-cp314-manylinux2014_x86_64"), False),
        ("Charted", ("cp310-abi3-manylinux_2_28_x86_64",), False),
        ("charted", ("cp315-cp315-linux_x86_64",), True),
        ("charted", ("py3-none-any",), True),  # its part in C was left out
        ("plain", ("py3-none-any",), False),
        ("plain", ("py2-none-any", "py3-none-any"), False),
        ("local", ("cp315-cp315-linux_x86_64",), False),  # the user's own
        ("not-in-the-lock", ("cp315-cp315-linux_x86_64",), False),
        ("charted", (), False),  # which nobody can tell
        ("charted", ("odd",), False),
    ],
)
def test_what_is_like_no_wheel_that_the_lock_names_was_built(
    tmp_path: Path, name: str, tags: tuple[str, ...], *, built: bool
) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text(LOCK, encoding="utf-8")
    environment = Environment(
        interpreter=own_interpreter(),
        packages={},
        installed={name: Distribution(size_bytes=1, requires=(), tags=tags)},
        accelerators=(),
    )
    assert built_packages(lock, environment) == ((name,) if built else ())


def test_verify_says_what_was_built_and_for_which_interpreter() -> None:
    usual = deployment(subject("flask"))
    assert list(built_here(usual)) == []
    newer = INTERPRETER.model_copy(update={"version": "3.15.0"})
    (told,) = built_here(usual.model_copy(update={"built": ("charted",), "interpreter": newer}))
    assert told.startswith("flask/controlled: charted was built from its source, since the app's lock has no wheel ")
    assert " for CPython 3.15.0: " in told
