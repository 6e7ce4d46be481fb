"""What is noted in a run's header after its report was written does not change the report."""

from harness.report.view.provenance import DataFile, data_view


def test_the_page_says_nothing_of_how_large_the_header_is() -> None:
    small, large = (data_view([DataFile("run.json", size), DataFile("data.csv", 2048)]) for size in (10_000, 90_000))
    assert small == large
    assert [download.size is None for download in small.downloads] == [
        download.name == "run.json" for download in small.downloads
    ]
