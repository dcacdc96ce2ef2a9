"""The backtest: history judged from files by the same core that judges live events. Read `backtest.py` first."""
