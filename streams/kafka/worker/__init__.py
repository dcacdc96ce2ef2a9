"""The process `kept worker`: judges some partitions of `facts`. Read `worker.py` first, then `partition.py`."""
