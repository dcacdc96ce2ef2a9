"""The process `kept serve`: the topics followed into a read model, the API, the notices. Read `serve_host.py` first."""
