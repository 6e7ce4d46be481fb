"""What a user has given a command: what of it would do nothing, and what a run that goes on has decided already."""
