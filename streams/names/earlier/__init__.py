"""A store of an earlier Kept, in which names stood: taken over, once, into one that has references.

Begin at `store.py`. Must not know: how promises are judged, who is told.
"""
