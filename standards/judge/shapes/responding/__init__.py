"""How a response is judged: when its promises open, how their clocks run, what ends them and what takes that back.

Begin with `response_machine.py`.
"""
