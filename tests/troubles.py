"""A progress that keeps the troubles that it is told of."""

from harness.measure.progress import Silent


class Troubles(Silent):
    """Says nothing, and remembers."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def trouble(self, text: str) -> None:
        self.told.append(text)
