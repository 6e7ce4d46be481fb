"""What Django's own distribution brings, each part in use, in a project that its own command makes.

It is not measured, and runs with nothing installed but Django and what that requires: `python batteries_site`. The
project is made in a folder of its own at each start, with the settings of the scaffold; its database is the scaffold's
SQLite.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

ADDED = """
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS += ["batteries_site"]
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/private"
LOGIN_URL = "/login"
MIGRATION_MODULES = {"batteries_site": "made"}
ROOT_URLCONF = "batteries_site.urls"
"""
PASSWORD = "open-sesame-4711"  # noqa: S105 - of a site that lasts seconds


def main(folder: Path) -> None:
    command = [sys.executable, "-S", "-m", "django", "startproject", "bare", str(folder)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=True)  # noqa: S603
    with (folder / "bare" / "settings.py").open("a") as file:
        file.write(ADDED)
    (folder / "made").mkdir()
    (folder / "made" / "__init__.py").touch()
    sys.path[:0] = [str(folder), str(Path(__file__).resolve().parents[1])]
    os.environ["DJANGO_SETTINGS_MODULE"] = "bare.settings"
    django.setup()
    call_command("makemigrations", verbosity=0)
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User  # noqa: PLC0415 - there are no models before `setup`

    User.objects.create_user("visitor", password=PASSWORD)
    User.objects.create_superuser("keeper", password=PASSWORD)
    call_command("runserver", f"{os.environ['HOST']}:{os.environ['PORT']}", "--noreload")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
