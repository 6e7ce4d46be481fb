"""An app's card: all that a run knows of one app, and of two side by side."""
