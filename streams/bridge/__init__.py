"""A bridge: carries what other systems write into a way in of Kept; nothing is passed over, whoever is restarted.

Knows: a Kafka topic that is not ours, MQTT, a file that grows. Must not know: mappings, standards.
Begin with `cli.py`; `destination.py` is where all goes.
"""
