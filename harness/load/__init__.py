"""The load generator: Locust users on one multiplexed engine, by itself or in a team of workers."""
