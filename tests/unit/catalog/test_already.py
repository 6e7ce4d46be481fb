"""Whoever begins an app is told of those that there are already of its name, or on its framework."""

from pathlib import Path

import pytest

from harness.catalog.already import already_there

SHIPPED = Path(__file__).parents[3] / "apps"


@pytest.fixture
def apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The usual folder with two of the apps that are shipped, the second a guest."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "apps" / "guests").mkdir(parents=True)
    (tmp_path / "apps" / "flask_app").symlink_to(SHIPPED / "flask_app")
    (tmp_path / "apps" / "guests" / "litestar_app").symlink_to(SHIPPED / "guests" / "litestar_app")
    return Path("apps")


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    return folder


def test_a_guest_of_the_same_name_gives_way(apps: Path) -> None:
    (told,) = already_there(made(apps / "litestar_app"), "litestar")
    assert told == (
        "apps/guests/litestar_app is a guest of the same name, and this app takes its place: "
        "rename apps/litestar_app to have both measured."
    )


def test_an_app_of_the_same_name_elsewhere_can_t_be_in_one_run(apps: Path) -> None:
    assert apps.is_dir()
    (told,) = already_there(made(Path("mine", "flask_app")), None)
    assert told.startswith("apps/flask_app is an app of the same name: the two can't be measured in one run")


@pytest.mark.parametrize("requirement", ["litestar", "Litestar[standard]>=2"])
def test_an_app_on_the_same_distribution_is_named(apps: Path, requirement: str) -> None:
    (told,) = already_there(made(apps / "mine_app"), requirement)
    assert told == (
        "apps/guests/litestar_app is an app on litestar already: `bench run --app litestar` measures that, and "
        "`bench new NAME --like litestar` begins with it."
    )


def test_one_in_another_folder_is_named_with_that(apps: Path) -> None:
    beside = made(Path("my own", "mine_app")).parent
    (beside / "flask_app").symlink_to((apps / "flask_app").resolve())
    (told,) = already_there(beside / "mine_app", "Flask")
    assert "`bench run --app flask --apps-dir 'my own'` measures that" in told


def test_of_others_and_of_a_copy_nothing_is_said(apps: Path) -> None:
    assert not list(already_there(made(apps / "mine_app"), "bottle"))
    assert not list(already_there(apps / "mine_app", None))
