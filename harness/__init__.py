"""A referee for Python web frameworks: it measures, and says what can be told apart."""
