"""Carry out a plan: start, warm up, measure, stop; round after round."""
