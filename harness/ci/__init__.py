"""A scheduled measurement, from `bench run` to the data branch: everything that a continuous-integration job does."""
