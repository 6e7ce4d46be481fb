"""What docs/findings.md counts calls for is what the load generator sends: each header of a request is a call."""

from pathlib import Path

from harness.contract.answers import EXCHANGES
from harness.model.app import Endpoint

FINDINGS = Path(__file__).parents[3] / "docs" / "findings.md"
NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def test_the_page_says_how_many_headers_the_generator_s_request_has() -> None:
    request, _ = EXCHANGES[Endpoint.JSON]("127.0.0.1", 8000, 1).next_request()
    headers = request.partition(b"\r\n")[2].strip().splitlines()
    page = " ".join(FINDINGS.read_text(encoding="utf-8").split())
    assert f"that of the load generator, which has {NUMBERS[len(headers)]}." in page
