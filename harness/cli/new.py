"""`bench new`: scaffold an app."""

from pathlib import Path

import click

from harness.catalog.discover import choose, discover
from harness.catalog.scaffold import scaffold
from harness.cli import options


@click.command()
@click.argument("name")
@click.option("--like", default="starlette", show_default=True, metavar="APP", help="The app to begin from.")
@options.apps_dir
def new(name: str, like: str, apps_dirs: tuple[Path, ...]) -> None:
    """Make a folder for the app NAME that already keeps the contract, and say what is left to do."""
    (model,) = choose(discover(apps_dirs), (like,))
    folder = scaffold(apps_dirs[0], name, model)
    click.echo(folder)
    click.echo(
        f"Next: replace {model.manifest.title} in {folder}/pyproject.toml (dependencies and [tool.bench]), run\n"
        f"`uv lock` in that folder, rewrite its code for your framework, and check it with\n"
        f"`bench verify {folder.name.removesuffix('_app')}`.",
        err=True,
    )
