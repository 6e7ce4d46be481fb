"""Where servers are asked to run. For what it came to, see `RuntimeName`."""

from enum import StrEnum


class RuntimeChoice(StrEnum):
    """What the user may ask for."""

    AUTO = "auto"
    """Containers where an engine answers that has, or can pull, the base images; local processes elsewhere."""
    PROCESS = "process"
    DOCKER = "docker"
