"""Latencies: their percentiles, and what the host's stalls have to do with them."""
