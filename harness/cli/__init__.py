"""The `bench` command: a small file per command, and no logic but the order of calls."""
