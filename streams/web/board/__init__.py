"""The board, served: pages, forms, links and what comes live. Read `board.py` first."""
