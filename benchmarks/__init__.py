"""Benchmarks: what Kept costs, beside what others cost, in one run on one machine. Run with `make bench`."""
