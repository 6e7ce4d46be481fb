"""The load generator: Locust users on one multiplexed engine, and what measures the generator itself."""
