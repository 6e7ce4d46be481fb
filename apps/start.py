"""Starts an app's variant as its manifest says; for a container, where nobody types the command.

It runs in the app's folder. VARIANT names the variant; HOST, PORT and WORKERS fill its command in.
"""

import os
import string
import sys
import tomllib
from pathlib import Path

manifest = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8-sig"))["tool"]["bench"]
wanted = os.environ.get("VARIANT", "controlled")
for name, variant in manifest["variants"].items():
    if wanted == name or wanted in variant.get("also", ()):
        break
else:
    sys.exit(f"error: there is no variant {wanted}\nhint: set VARIANT to one of {', '.join(manifest['variants'])}")
os.environ.update(variant.get("environment", {}))
command = [string.Template(word).substitute(os.environ) for word in variant["command"]]
os.execvp(command[0], command)  # noqa: S606 - the manifest names the program
