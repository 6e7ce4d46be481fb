"""The styles of a page's figures, each under a short class: a content-security policy forbids style attributes."""

from typing import Final

_PREFIX: Final = "f"


class StyleSheet:
    """Gives each distinct set of declarations a class, in the order in which they are first met."""

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}

    def class_of(self, declarations: str) -> str:
        """The class that stands for `declarations`, such as `fill: var(--ink)`."""
        return self._classes.setdefault(declarations, f"{_PREFIX}{len(self._classes)}")

    @property
    def css(self) -> str:
        """One rule for each class given out so far."""
        return "".join(f".{name} {{ {declarations} }}\n" for declarations, name in self._classes.items())
