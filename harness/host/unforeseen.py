"""What to raise for an exception that nobody foresaw, so that it costs one app and not all of them."""

from harness.host.allowances import refusal
from harness.model.errors import BenchError, Unforeseen


def fault_of(what: str, error: Exception) -> BenchError:
    """What `what` broke off with: the error itself, the host's refusal that it means, or a mistake of ours."""
    return error if isinstance(error, BenchError) else refusal(error) or Unforeseen(what, error)
