"""The runtime that runs everything in containers, by the project's `docker-compose.yml`."""
