"""How a run ended, on whatever host."""


def ended_well(code: int, said: str) -> bool:
    """Whether it succeeded, or was whole and only the host was too busy for any cell of it to be valid.

    `said` is what the run said on standard error.
    """
    too_busy = code == 4 and "the run measured nothing usable" in said and "the run is incomplete" not in said
    return code == 0 or too_busy
