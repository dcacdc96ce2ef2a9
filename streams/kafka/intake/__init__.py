"""The process `kept intake`: finds whose an event is, and passes it on to be judged. Read `intake.py` first."""
