"""Monitoring of Kept itself, made rather than written: rules for Prometheus and dashboards for Grafana.

Knows: the metrics that a host tells, and the objectives of standards. Begin at `alerts.py` and `burn_rates.py`.
"""
