"""What the signs mean that stand in place of a figure or behind a rank, for each view that has them."""

from typing import Final

SIGN_NOTES: Final = (
    (("=</td>", "=</span>", "= </span>"), "An = behind a rank says that others share it."),
    (
        (">–</td>", ">–\n</td>"),  # noqa: RUF001 - as it stands in a cell
        "A dash stands where there is nothing to tell: not measured, known too little of, or without a rank.",
    ),
)
"""(the sign as a cell or a picture has it, what it means)."""
