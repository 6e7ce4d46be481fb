"""The driver's image is given some of the harness's files, by name: they have to be all that its programs import."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[4]
RECIPE = PROJECT / "harness" / "runtime" / "images" / "driver.Dockerfile"
PROGRAMS = (
    "harness.load.driver",
    "harness.load.calibration.responder",
    "harness.metering.observer",
    "harness.metering.stopwatch",
    "harness.runtime.docker.network_holder",
)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the recipe copies."""
    folder = tmp_path_factory.mktemp("image")
    for line in re.findall(r"^COPY --chmod=755 (harness/.*)$", RECIPE.read_text(encoding="utf-8"), re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            if (PROJECT / source).is_dir():
                shutil.copytree(PROJECT / source, folder / target)
            else:
                (folder / target).mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT / source, folder / target)
    return folder


def installed() -> set[str]:
    """The distributions of the group that the recipe installs, and all that they require."""
    waiting = list(
        tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["driver"]
    )
    found: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += metadata.requires(name) or []
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_the_driver_s_image_has_all_that_it_imports(image: Path, program: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(image)!r}); import {program} as found; print(found.__file__)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=image, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    file, modules = done.stdout.splitlines()
    assert Path(file).is_relative_to(image)
    whose = metadata.packages_distributions()
    used = {canonicalize_name(whose[name][0]) for name in modules.split() if name in whose}
    assert used - installed() <= {"framework-referee"}
