"""What servers can call in a distribution is found in its code."""

from pathlib import Path

import pytest

from harness.catalog.callables import application_types
from harness.model.app import Interface

WSGI = """
class App:
    def __call__(self, environ: dict[str, str], start_response: "StartResponse") -> list[bytes]:
        return []
"""
ASGI = """
class App:
    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None: ...
"""
OTHER = """
class Middleware:
    def __call__(self, request): ...

def start_response(receive): ...
"""


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"thing/app.py": WSGI}, {Interface.WSGI: "thing.app.App"}),
        ({"thing/app.py": ASGI}, {Interface.ASGI: "thing.app.App"}),
        ({"thing/__init__.py": ASGI}, {Interface.ASGI: "thing.App"}),
        ({"bottle.py": WSGI.replace("environ:", "env:")}, {Interface.WSGI: "bottle.App"}),
        ({"a/app.py": WSGI, "a/asgi/app.py": ASGI}, {Interface.WSGI: "a.app.App", Interface.ASGI: "a.asgi.app.App"}),
        ({"a/deep/down.py": ASGI, "a/top.py": ASGI}, {Interface.ASGI: "a.top.App"}),
        ({"thing/app.py": OTHER}, {}),
        ({"thing/testing/client.py": ASGI, "tests/app.py": WSGI, "thing/testing.py": ASGI}, {}),
        ({"thing/template.py": "receive {{ name }}", "thing/bytes.py": "start_response = '\0'"}, {}),
        ({}, {}),
    ],
)
def test_a_class_is_an_application_by_what_it_is_called_with(
    tmp_path: Path, files: dict[str, str], found: dict[Interface, str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert {each.interface: each.name for each in application_types(tmp_path)} == found


def test_what_python_warns_of_in_another_s_code_is_not_told(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    (tmp_path / "app.py").write_text(WSGI + 'PATTERN = "\\d"\n')
    assert application_types(tmp_path)
    assert not recwarn.list
