"""What the API answers about people who were forgotten. Read next: `persons.py`."""

from typing import Annotated

from msgspec import Meta

from streams.web.api.views import Time, View


class NearItem(View, frozen=True):
    """A text in which something like the name stands; who reads it there can say whose it is."""

    reference: Annotated[str, Meta(description="The text's own reference, by which it can be erased too.")]
    type: Annotated[str, Meta(description="What somebody did as they wrote it; empty: another event had it.")] = ""
    promise: Annotated[str, Meta(description="The promise that it is about, if it is about one.")] = ""
    at: Annotated[Time | None, Meta(description="When it was written.")] = None


class ErasedAnswer(View, frozen=True):
    """What was deleted, and what is left for somebody to look at."""

    reference: Annotated[str, Meta(description="What stands in the place of the name; it names nobody now.")]
    names: Annotated[int, Meta(description="How many names led there: one, and those that the policy had joined.")]
    texts: Annotated[int, Meta(description="In how many texts the whole name stood, and does not any more.")]
    devices: Annotated[int, Meta(description="How many devices that rang were forgotten.")]
    near: list[NearItem]
    more: Annotated[int, Meta(description="How many more such texts there are.")]
    held: Annotated[
        bool | None,
        Meta(description="Whether Kafka's brokers still have the name on their disks; left out where there are none."),
    ] = None
    held_until: Annotated[
        Time | None,
        Meta(description="When at the latest they have overwritten it, as the topic is made; ask again then."),
    ] = None
