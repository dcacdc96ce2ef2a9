"""What the API answers about the host's clock. Read next: `views.py`."""

from typing import Annotated

from msgspec import Meta

from streams.web.api.views import Time, View


class TimeView(View, frozen=True):
    """How the host's time stands against its machine's clock, which somebody may have set."""

    time: Annotated[Time, Meta(description="The time that promises are judged by.")]
    machine: Annotated[Time, Meta(description="What this machine's clock says.")]
    step_seconds: Annotated[float, Meta(description="How far this machine's clock is ahead; 0: they agree.")]
    since: Annotated[Time | None, Meta(description="When they were seen to part.")]
    by_itself_at: Annotated[
        Time | None,
        Meta(description="When time goes over to this machine's clock by itself."),
    ]
    synchronised: Annotated[
        bool | None, Meta(description="Whether the system says that its clock is synchronised; null: it cannot tell.")
    ]
