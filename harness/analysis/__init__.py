"""Pure functions from a recorded run to findings: estimates with intervals, gates, ties and ranks."""
