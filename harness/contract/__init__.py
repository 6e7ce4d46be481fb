"""The HTTP contract: the data set, the requests, what a right answer is, and the conformance checks."""
