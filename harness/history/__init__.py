"""What is kept of the runs of a host, and where it changed."""
