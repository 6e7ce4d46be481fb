"""Figures: from a pure description (`spec`) to inline SVG that takes its colours from the page's style sheet."""
