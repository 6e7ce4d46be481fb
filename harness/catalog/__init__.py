"""Find, read and check app manifests."""
