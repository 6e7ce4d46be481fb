"""What this host is: CPUs and control groups, interpreter, ports, variables, and whether it is fit to measure."""
