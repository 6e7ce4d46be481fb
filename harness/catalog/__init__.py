"""Find, read and check app manifests, and begin a new app, with what the package index tells of its framework."""
