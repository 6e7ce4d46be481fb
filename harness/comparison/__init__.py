"""Two runs, or two revisions within one, held against each other."""
