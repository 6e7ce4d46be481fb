"""The report's first screen: one picture, the verdicts, and how far to trust them."""
