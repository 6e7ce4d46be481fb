"""What measures the generator itself: the engine in turn with other generators, against the least of servers."""
