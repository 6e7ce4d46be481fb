"""`bench new`: scaffold an app."""

import shlex
from pathlib import Path

from harness.catalog.app_folders import APPS_FOLDER, SUFFIX
from harness.catalog.discover import find_app
from harness.catalog.interface import another_interface, infer_interface
from harness.catalog.package_index import add_and_lock, look_up
from harness.catalog.remaining import next_steps
from harness.catalog.scaffold import begin_from_skeleton, begin_like, interface_of, new_folder, pin_python
from harness.cli import options
from harness.cli.output import print_path, tell
from harness.host.own_files import own_files
from harness.model.app import Interface
from harness.model.errors import UsageError


def new(name: str, like: str | None, interface: str | None, package: str | None, apps_dirs: tuple[Path, ...]) -> None:
    """Make a folder for the app NAME that already keeps the contract for hello and json, and say what is left to do."""
    if like and interface:
        raise UsageError(
            "--like and --interface exclude each other", hint="leave --interface out: the copied app has one"
        )
    with new_folder(apps_dirs[0], name) as draft:
        name = draft.name.removesuffix(SUFFIX)
        model = find_app((*apps_dirs, Path(APPS_FOLDER)), like) if like else None
        requirement = package or name
        framework = look_up(requirement)
        if model:
            kind, why = interface_of(model), f"as {model.name}"
            if unlike := another_interface(framework, kind):
                tell(unlike)
            left_out = begin_like(
                draft, framework, model, (file.name for file in own_files(model).files if not file.withheld)
            )
        else:
            kind, why = (Interface(interface), "as asked") if interface else infer_interface(framework)
            begin_from_skeleton(draft, framework, kind)
            left_out = ()
        add_and_lock(draft, requirement)
        pin_python(draft, apps_dirs[0])
    print_path(apps_dirs[0] / draft.name)
    tell(
        f"{framework.name} {framework.version}, {_called(kind)} ({why}). hello and json keep the contract. Left to do:"
    )
    for step in next_steps(
        framework, kind, name=shlex.join((name, *options.at(apps_dirs))), like=model, left_out=left_out
    ):
        tell(f"  {step}" if step.startswith(" ") else f"- {step}")


def _called(interface: Interface) -> str:
    return "native" if interface is Interface.NATIVE else interface.upper()
