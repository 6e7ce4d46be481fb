"""The lead-in of slow endpoints."""

from harness.measure.round import lead_in_for


def test_a_wave_of_first_answers_that_is_long_beside_a_window_is_left_out() -> None:
    assert lead_in_for(0.01, usual_s=0.02) == 0.02
    assert 0.2 < lead_in_for(0.2, usual_s=0.02) < 0.25
    assert lead_in_for(30.0, usual_s=0.02) == 1.0
    assert lead_in_for(0.0, usual_s=0.02) == 0.02
