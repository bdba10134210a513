"""This computer: child processes that never outlive us, ports, memory, devices."""
