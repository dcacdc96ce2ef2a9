"""Words: what Kept says to people, in their language. English is the source; the catalogues hold the other ones.

Must not know: notices, policies, pages. Begin at `words.py`.
"""
