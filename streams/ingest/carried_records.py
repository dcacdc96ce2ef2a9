"""What `kept in` says of the records that it carries, in headers of HTTP: both sides name them by this.

Read next: `streams/bridge/destination.py`, which sends them; `streams/web/api/ways_in.py`, which reads them.
"""

from typing import Final

NAMES: Final = "Kept-Records"
"""The names of the records that a body has, by commas, for the ids of their events."""
POSITION: Final = "Kept-Position"
"""The name of a file, and how many of its bytes stand before the body."""
TOPIC: Final = "Kept-Topic"
"""The topic in which a record was published, percent-encoded."""
CARRIED: Final = frozenset({NAMES, POSITION, TOPIC})
