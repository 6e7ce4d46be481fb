"""The list of all runs, made of what is kept of each: nothing is judged anew, nor is what judges and draws imported."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.report.file_names import LIST_HASHES_FILE, REPORT_FILE
from harness.report.standing_list import hashes_of, made_of, stands
from harness.writing import replace_files


def publish_index(reports: Path) -> Path:
    """Write the `index.html` that lists all runs under `reports` and draws their history, unless it is there already.

    Returns:
        The page to open.

    Raises:
        WriteError: What was there before stands.
    """
    page = reports / REPORT_FILE
    source = made_of(reports)
    if source is None or not stands(reports, source):
        with _nothing_to_collect():
            made = _made(reports)
        # Digests that are missing are made and kept meanwhile: what the page was made of is told next time.
        hashes = {reports / LIST_HASHES_FILE: hashes_of(source, made)} if source else {}
        replace_files({page: made, **hashes}, again="make it with `bench report`")
    return page


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """All that is read stays until the page is made; to look through it for garbage again and again takes long."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _made(reports: Path) -> bytes:
    # What a list is made with takes longer to import than to see that it stands.
    from harness.history.all_digests import read_digests  # noqa: PLC0415
    from harness.history.assemble import assemble  # noqa: PLC0415
    from harness.report.lean import lean  # noqa: PLC0415
    from harness.report.markup import document  # noqa: PLC0415
    from harness.report.view.history import index_view  # noqa: PLC0415

    digests, unread = read_digests(reports)
    history = assemble([digest.summary for digest in digests])
    return lean(document("index.html.jinja", index_view(digests, unread, history), title="Runs"))
