"""Clients of Kafka: connections, consumers, producers and topics, with our settings. Read `log.py` first."""
