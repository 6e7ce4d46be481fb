"""The benchmark of the engine runs: for every endpoint and the chat, the innermost loop takes all for right."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"

SCRIPT = """
import engine
engine.BATCHES = engine.LEARNING + 5
for endpoint in engine.EXCHANGES:
    for changing in (False, True):
        assert engine.in_memory_ns(endpoint, changing=changing) > 0
assert all(cost > 0 for cost in engine.chat_in_memory_ns().values())
"""


def test_every_endpoint_can_be_measured_in_memory() -> None:
    """Each answer is checked there; another process has gevent to itself."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
