"""The claims file and its evaluation."""
