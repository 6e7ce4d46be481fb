"""What was consumed: CPU time, memory and steal, and how fast the CPU was meanwhile."""
