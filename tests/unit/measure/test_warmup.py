"""When a server counts as warm."""

import pytest

from harness.measure.warmup import is_warm


@pytest.mark.parametrize(
    ("throughputs_rps", "warm"),
    [
        ([], False),
        ([1000], False),
        ([1000, 1300], False),
        ([1000, 1300, 1290], True),
        ([1000, 1040], True),
        ([1000, 700], True),
    ],
)
def test_a_server_is_warm_once_its_throughput_no_longer_rises(throughputs_rps: list[float], warm: bool) -> None:  # noqa: FBT001
    assert is_warm(throughputs_rps) is warm
