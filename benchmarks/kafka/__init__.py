"""Kept on Kafka beside other stream processors on the same broker. Run with `make bench-kafka`."""
