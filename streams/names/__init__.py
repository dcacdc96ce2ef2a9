"""Who people are, kept apart from all else: at the door each name becomes a reference, and at the last step a name.

A reference is a token of chance, `p~` and twenty letters and digits: nobody can work out whom it stands for, and once
its row is deleted it stands for nobody. What somebody wrote, a note or a reason, is kept in the same way behind `t~`.
So the ledger never changes when somebody is forgotten.
Begin at `references.py`, then `door.py` for the way in and `showing.py` for the way out.
Must not know: how promises are judged, HTTP.
"""
