"""Starts an app's variant as its manifest says; for a container, where nobody types the command.

It runs in the app's folder. VARIANT names the variant; HOST, PORT and WORKERS fill its command in. A variant that needs
packages beside the app's lock is refused where they are not installed.
"""

import os
import string
import sys
import tomllib
from importlib import metadata
from pathlib import Path

manifest = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8-sig"))["tool"]["bench"]
wanted = os.environ.get("VARIANT", "controlled")
lacking = {
    name: [package for package in variant.get("packages", ()) if not any(metadata.distributions(name=package))]
    for name, variant in manifest["variants"].items()
}
hint = f"hint: set VARIANT to one of {', '.join(name for name, packages in lacking.items() if not packages)}"
for name, variant in manifest["variants"].items():
    if wanted == name or wanted in variant.get("also", ()):
        break
else:
    sys.exit(f"error: there is no variant {wanted}\n{hint}")
if lacking[name]:
    needed = ", ".join(lacking[name])
    sys.exit(f"error: this image lacks what the variant {wanted} needs ({needed}): only `bench` installs that\n{hint}")
os.environ.update(variant.get("environment", {}))
command = [string.Template(word).substitute(os.environ) for word in variant["command"]]
os.execvp(command[0], command)  # noqa: S606 - the manifest names the program
