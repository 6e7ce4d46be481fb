"""What can't be ended keeps nothing else from its end, and is told."""

import errno

import pytest

from harness.host.endings import Ending, end_all, not_ended
from harness.model.errors import HostFault, RuntimeFault


def refusing(error: BaseException, tried: list[str]) -> Ending:
    def end() -> None:
        tried.append("refused")
        raise error

    return end


def test_all_are_tried_in_their_order_and_those_that_stayed_are_said() -> None:
    tried: list[str] = []
    fault, full = RuntimeFault("one can't be ended", hint="look"), OSError(errno.EMFILE, "too many")
    stayed = not_ended(refusing(fault, tried), refusing(full, tried), lambda: tried.append("ended"))
    assert tried == ["refused", "refused", "ended"]
    assert stayed[0] is fault
    assert isinstance(stayed[1], HostFault)


def test_whatever_the_kernel_says_is_told() -> None:
    (stayed,) = not_ended(refusing(OSError("no such thing"), []))
    assert "no such thing" in stayed.what


def test_the_last_who_could_end_them_raises_what_stayed_once() -> None:
    tried: list[str] = []
    endings = [refusing(RuntimeFault(what, hint="look"), tried) for what in ("the engine is away", "b", "b")]
    with pytest.raises(RuntimeFault) as raised:
        end_all(*endings, lambda: tried.append("ended"))
    assert (raised.value.what, raised.value.hint) == ("the engine is away; b", "look")
    assert tried[-1] == "ended"
    end_all(lambda: None)


def test_an_interrupt_comes_after_the_last() -> None:
    tried: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        not_ended(refusing(KeyboardInterrupt(), tried), lambda: tried.append("ended"))
    assert tried == ["refused", "ended"]
