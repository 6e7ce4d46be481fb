"""How an app is called, its revisions, and its sites that are not measured."""

import re
from typing import Annotated, Final

from pydantic import Field

REVISION_SIGN = "@"
"""Stands between an app's name and its revision where a run measures two revisions of it side by side."""

WITH = "with-"
"""Begins the revision of an app that is the same but for a requirement, its interpreter or a variable."""

BY_VARIANT = "variant-"
"""Begins the revision of an app that is the same but for how it is deployed: both sides have one then."""

APP_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What the folder of an app may be called, without `_app`."""

type AppName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}(@[A-Za-z0-9][A-Za-z0-9._+-]{0,39})?$")]
"""An app's name, with its revision where it has several: `flask`, `flask@v1.2`."""

BARE_SITE: Final = "bare-site"
"""Under this name the bare site is started, in a variant's place."""

BATTERIES_SITE: Final = "batteries-site"
"""Under this one the site of what the framework's own distribution brings."""
