"""What is answered about ways in. Read next: `ways_in.py`."""

from streams.web.api.views import RefusedItem, View


class WayInAnswer(View, frozen=True):
    """How many events are durable, how many records became none, as the mapping has it, and which were refused."""

    accepted: int
    passed_over: int
    refused: list[RefusedItem]


class WayInItem(View, frozen=True):
    """How a way in reads: the form, and how many lines at the top of a file belong to each part of it."""

    name: str
    form: str
    head_lines: int
