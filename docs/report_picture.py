"""Takes docs/report.png, the first screen of the example's report: `python docs/report_picture.py` (needs Chromium).

The picture carries a hash of what it shows; a test fails where the report has become another since.
"""

import lzma
import re
import shutil
import struct
import tempfile
import zlib
from hashlib import sha256
from pathlib import Path

from playwright.sync_api import sync_playwright

from harness.report.publish import publish
from harness.results.run_folders import HEADER_FILE, RECORDS_FILE

ROOT = Path(__file__).parents[1]
PICTURE = Path(__file__).with_name("report.png")
EXAMPLE = ROOT / "reports" / "example" / "standard"

WIDTH_PX, HEIGHT_PX = 1280, 900
KEYWORD = b"shows"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def shown(page: str) -> str:
    """A hash of what the picture shows of a report: its style, its head and its first screen, without its dates."""
    page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)  # the data of the tables on other screens
    parts = [
        re.findall(pattern, page, flags=re.DOTALL)[0] for pattern in (r"<style>(.*?)</style>", r"<header>.*?</section>")
    ]
    return sha256("".join(parts).encode()).hexdigest()


def told(picture: bytes) -> str:
    """The hash that a picture carries; empty where it carries none."""
    for kind, data in chunks(picture):
        keyword, _, text = data.partition(b"\x00")
        if kind == b"tEXt" and keyword == KEYWORD:
            return text.decode()
    return ""


def chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    """(kind, data) of each part of a PNG file (https://www.w3.org/TR/png-3/#5DataRep)."""
    found, at = [], len(_SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        found.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def telling(picture: bytes, text: str) -> bytes:
    """The picture with a text in it, after its header."""
    data = KEYWORD + b"\x00" + text.encode()
    chunk = struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    after_header = len(_SIGNATURE) + 12 + len(chunks(picture)[0][1])
    return picture[:after_header] + chunk + picture[after_header:]


def example_page(folder: Path) -> Path:
    """The report of the example, made anew in `folder`."""
    run = folder / "standard"
    run.mkdir()
    shutil.copy(EXAMPLE / HEADER_FILE, run)
    with lzma.open(EXAMPLE / f"{RECORDS_FILE}.xz") as packed, (run / RECORDS_FILE).open("wb") as records:
        shutil.copyfileobj(packed, records)
    return publish(run)


def main() -> None:
    """Take the picture."""
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        page = example_page(Path(made))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        window = browser.new_context(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, color_scheme="light").new_page()
        window.goto(page.as_uri())
        taken = window.screenshot()
        browser.close()
        PICTURE.write_bytes(telling(taken, shown(page.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
