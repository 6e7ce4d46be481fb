"""The conformance checks: whether a running server keeps the HTTP contract."""

from harness.contract.conformance.suite import check

__all__ = ["check"]
