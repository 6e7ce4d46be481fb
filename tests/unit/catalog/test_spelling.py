"""A framework's name is taken from what its distribution says of itself."""

import pytest

from harness.catalog.package import Package
from harness.catalog.remaining import title_of
from harness.catalog.spelling import spelling_of

FASTHTML = """
# FastHTML

FastHTML is a next-generation web framework. Get started by `pip install python-fasthtml`, in `fasthtml`:

```python
from fasthtml.common import *
fasthtml = fasthtml.app
```

    $ uv add python-fasthtml
    import fasthtml

See [python-fasthtml](https://example.org/python-fasthtml/), <a href="fasthtml"> and https://fasthtml fasthtml.io.
"""
AIOHTTP = """
Async http client/server framework

aiohttp supports both sides. Aiohttp's documentation is elsewhere. Thanks to all of aiohttp's contributors.
"""
NINJA = "Django Ninja is a web framework for Django, by django-ninja's authors. Django Ninja is fast."
WEB = "web.py is a web framework for Python that is as simple as it is powerful. The web is for web.py."


@pytest.mark.parametrize(
    ("name", "said", "spelling"),
    [
        ("python-fasthtml", FASTHTML, "FastHTML"),
        ("aiohttp", AIOHTTP, "aiohttp"),
        ("django-ninja", NINJA, "Django Ninja"),
        ("web-py", WEB, "web.py"),
        ("fastapi", "fastapi, and FastAPI", "FastAPI"),
        ("fastapi", "fastapi and FastAPI, and once more fastapi", "fastapi"),
        ("falcon", "Falcons fly over falcon.readthedocs.io and github.com/falcon/falcon, me@falcon", None),
        ("falcon", "", None),
        ("falcon", ".. code::\n\n   import falcon\n\n>>> falcon\n", None),
        ("python-dream", "The dream of python-dream", "python-dream"),
    ],
)
def test_the_spelling_is_that_which_the_prose_has_most_often(name: str, said: str, spelling: str | None) -> None:
    assert spelling_of(name, said) == spelling


@pytest.mark.parametrize(
    ("name", "title", "called"),
    [
        ("python-fasthtml", "FastHTML", "FastHTML"),
        ("python-fasthtml", None, "Fasthtml"),
        ("fasthtml_python", None, "Fasthtml"),
        ("python", None, "Python"),
        ("aiohttp", "aiohttp", "aiohttp"),
        ("Quart", "quart", "Quart"),
        ("web.py", "Web.py", "web.py"),
    ],
)
def test_who_spells_the_distribution_in_a_way_of_its_own_is_called_so(
    name: str, title: str | None, called: str
) -> None:
    assert title_of(Package(name=name, version="1", title=title)) == called
