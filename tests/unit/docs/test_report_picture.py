"""The README's picture shows the report as it is."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("report_picture", DOCS / "report_picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a whole `standard` run, as it was measured."""
    made: Path = maker.example_page(tmp_path_factory.mktemp("example"))
    return made.read_text(encoding="utf-8")


def test_the_picture_is_of_the_first_screen_that_the_example_has_today(maker: ModuleType, page: str) -> None:
    assert maker.told(maker.PICTURE.read_bytes()) == maker.shown(page), "make it anew: python docs/report_picture.py"


def test_another_screen_is_told_from_it(maker: ModuleType) -> None:
    page = "<style>1</style><header>2</header><section>3</section><p>4</p>"
    with_data = page.replace("</header>", "</header><script type='application/json'>4</script>")
    assert maker.shown(page) == maker.shown(page.replace("4", "5")) == maker.shown(with_data)
    assert maker.shown(page) != maker.shown(page.replace("3", "5"))
    picture = maker.PICTURE.read_bytes()
    assert maker.told(maker.telling(picture.replace(maker.KEYWORD, b"other"), "x")) == "x"
