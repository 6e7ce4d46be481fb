"""What each command takes and how it is told. Its body, in `harness.cli`, is imported once it is called."""
