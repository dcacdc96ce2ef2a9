"""What the API answers about feeds and senders. Read next: `views.py`."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from standards.judge.case import Effect
from streams.web.api.views import Time, View


class FeedItem(View, frozen=True):
    """How a declared feed stands, for one key."""

    name: str
    key: str
    last_heard_at: Annotated[Time | None, Meta(description="null: it was never heard.")]
    silent_after_seconds: float
    silent: Annotated[
        bool,
        Meta(description="It has been silent for too long: what rests on it is unknown. Not said of one that was never"
             " heard at a site of the policy, while it is elsewhere: that site may have none."),
    ]  # fmt: skip
    out_of_hours: Annotated[
        bool,
        Meta(description="Nobody waits for it: the standards that rest on it are closed, or opened only just now."),
    ]


class SourceItem(View, frozen=True):
    """How the clock of one sender has stood within the last hour."""

    source: Annotated[str, Meta(description="Its name; empty for all senders beyond the first 1,000 of half an hour.")]
    ahead_seconds: Annotated[
        float, Meta(description="How far its events were ahead of their stamps at most; below 0, all were behind.")
    ]
    behind_seconds: Annotated[float, Meta(description="How far its events were behind their stamps at most.")]
    refused: Annotated[int, Meta(description="Events that were too far ahead to be taken.")]
    late: Annotated[
        Mapping[Effect, int], Meta(description="What its late events came to, once for each subject they are about.")
    ]


class FeedList(View, frozen=True):
    """The declared feeds, those silent longest first; and the senders that are off time, the worst first."""

    items: list[FeedItem]
    sources: list[SourceItem]
    more_feeds: Annotated[int, Meta(description="How many more feeds there are; the board has them page by page.")]
    more_sources: Annotated[int, Meta(description="How many more senders are off time.")]
