"""What a mapping says of a webhook: how it is called, and how its sender proves who it is.

Read next: `signatures.py`, which looks at the proof.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator

from standards.calendar.duration import parse
from standards.documents.strict import Strict
from standards.documents.values import Duration, Text

MOST_A_MINUTE: Final = 60_000
_SLOTS: Final = frozenset({"{body}", "{timestamp}", "{id}", "{url}", "{form}"})
_NAME: Final = r"^[a-z][a-z0-9-]{0,40}$"


class SignatureModel(Strict):
    """How a sender signs what it sends, by HMAC (RFC 2104)."""

    header: Text = Field(description="The header that has the signature.")
    digest: Literal["sha256", "sha1", "sha512"] = Field(default="sha256", description="The hash.")
    encoding: Literal["hex", "base64"] = Field(default="hex", description="How the signature is written.")
    prefix: str = Field(default="", description="What stands before it: sha256=.")
    signs: Text = Field(default="{body}", description="What is signed, of {body}, {timestamp}, {id} and {url}.")
    timestamp: Text | None = Field(default=None, description="The header that says when it was signed.")
    id: Text | None = Field(default=None, description="The header that has the message's id.")
    good_for: Duration = Field(default="5m", description="How far the timestamp may be from now.")

    @field_validator("good_for")
    @classmethod
    def _is_a_length(cls, good_for: str) -> str:
        parse(good_for)
        return good_for

    @model_validator(mode="after")
    def _signs_what_counts(self) -> SignatureModel:
        slots = set(re.findall(r"\{[^{}]*\}", self.signs))
        if unknown := sorted(slots - _SLOTS):
            raise ValueError(f"{unknown[0]} is not a part that can be signed; there are {', '.join(sorted(_SLOTS))}")
        if not slots & {"{body}", "{form}"}:
            raise ValueError("what is signed has no {body}, so one signature would do for any; write {body} into signs")
        for name, header in (("timestamp", self.timestamp), ("id", self.id)):
            if (header is not None) != (f"{{{name}}}" in slots):
                raise ValueError(
                    f"{name} and {{{name}}} in signs go together: a header that is not signed proves nothing"
                )
        return self


SENDERS: Final[dict[str, SignatureModel]] = {
    "github": SignatureModel(header="X-Hub-Signature-256", prefix="sha256="),
    "glpi": SignatureModel(  # it signs when a message is queued, and sends when its cron comes round
        header="X-GLPI-signature", signs="{body}{timestamp}", timestamp="X-GLPI-timestamp", good_for="1d"
    ),
    "jira": SignatureModel(header="X-Hub-Signature", prefix="sha256="),
    "slack": SignatureModel(
        header="X-Slack-Signature", prefix="v0=", signs="v0:{timestamp}:{body}", timestamp="X-Slack-Request-Timestamp"
    ),
    "standard-webhooks": SignatureModel(
        header="webhook-signature", encoding="base64", prefix="v1,", signs="{id}.{timestamp}.{body}",
        timestamp="webhook-timestamp", id="webhook-id",
    ),
    "twilio": SignatureModel(header="X-Twilio-Signature", digest="sha1", encoding="base64", signs="{url}{form}"),
    "typeform": SignatureModel(header="Typeform-Signature", encoding="base64", prefix="sha256="),
    "zammad": SignatureModel(header="X-Hub-Signature", digest="sha1", prefix="sha1="),
    "zendesk": SignatureModel(
        header="X-Zendesk-Webhook-Signature", encoding="base64", signs="{timestamp}{body}",
        timestamp="X-Zendesk-Webhook-Signature-Timestamp",
    ),
}  # fmt: skip
"""How some senders sign, as their documentation has it, or, of GLPI, its source."""


class WebhookModel(Strict):
    """What other systems send to `POST /v1/in/NAME`, and how they prove who they are."""

    name: Annotated[str, Field(pattern=_NAME, description="The NAME: lower case letters, digits and -.")]
    signed: str | SignatureModel | None = Field(
        default=None, description=f"How it is signed: {', '.join(SENDERS)}; or header, digest and the rest."
    )
    header: Text | None = Field(
        default=None, description="Without a signature: the header that has the secret itself; else Authorization."
    )
    per_minute: int = Field(default=600, ge=1, le=MOST_A_MINUTE, description="How many requests a minute are taken.")

    @model_validator(mode="after")
    def _proves_one_way(self) -> WebhookModel:
        if self.signed is not None and self.header is not None:
            raise ValueError(
                "header is for who sends the secret itself; beside signed it does nothing, so leave it out"
            )
        return self

    @field_validator("signed")
    @classmethod
    def _known(cls, signed: str | SignatureModel | None) -> SignatureModel | None:
        if isinstance(signed, str):
            if signed not in SENDERS:
                raise ValueError(f"{signed!r} is not a sender known here; write one of: {', '.join(SENDERS)}")
            return SENDERS[signed]
        return signed
