"""Start, await, account for and stop: local processes, PostgreSQL, and the host that they run on."""
