"""PostgreSQL: embedded, or somebody else's, with the data set in it."""
