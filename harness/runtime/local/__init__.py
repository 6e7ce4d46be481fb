"""Servers as processes of this host, each under a guard that outlives the harness."""
