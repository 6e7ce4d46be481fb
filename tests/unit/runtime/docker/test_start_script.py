"""What starts an app in a container, where nobody types the command: apps/start.py."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[4] / "apps" / "start.py"
MANIFEST = f"""
[tool.bench.variants.controlled]
command = [{json.dumps(sys.executable)}, "-c", "print('serves', '${{PORT}}')"]
also = ["default"]

[tool.bench.variants.with-orm]
command = ["no-such-program"]
packages = {{ no-such-orm = "1.0", pytest = "9", no-such-driver = "2.0" }}

[tool.bench.variants.with-tests]
command = [{json.dumps(sys.executable)}, "-c", "print('tests')"]
packages = {{ pytest = "9" }}
"""
HINT = "hint: set VARIANT to one of controlled, with-tests\n"


def start(folder: Path, variant: str) -> subprocess.CompletedProcess[str]:
    (folder / "pyproject.toml").write_text(MANIFEST, encoding="utf-8")
    environment = {"PORT": "8000", "VARIANT": variant}
    return subprocess.run(
        (sys.executable, SCRIPT), cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("variant", "said"), [("controlled", "serves 8000"), ("default", "serves 8000")])
def test_a_variant_is_started_as_its_manifest_says(variant: str, said: str, tmp_path: Path) -> None:
    started = start(tmp_path, variant)
    assert (started.returncode, started.stdout.strip(), started.stderr) == (0, said, "")


def test_one_that_needs_more_than_the_image_has_is_refused_in_one_line(tmp_path: Path) -> None:
    refused = start(tmp_path, "with-orm")
    assert refused.returncode == 1
    assert refused.stderr == (
        "error: this image lacks what the variant with-orm needs (no-such-orm, no-such-driver): "
        f"only `bench` installs that\n{HINT}"
    )


def test_one_whose_packages_are_there_is_started(tmp_path: Path) -> None:
    """As in the image that `bench` has made for it."""
    started = start(tmp_path, "with-tests")
    assert (started.returncode, started.stdout.strip()) == (0, "tests")


def test_a_name_that_no_variant_has_is_refused(tmp_path: Path) -> None:
    refused = start(tmp_path, "controled")
    assert (refused.returncode, refused.stderr) == (1, f"error: there is no variant controled\n{HINT}")
