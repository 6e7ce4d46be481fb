"""The run folder: written so that a crash loses at most one window, read without trusting it."""
