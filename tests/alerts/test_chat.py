"""Chat: Apprise's own code posts to a real server, off the event loop, within a time limit, and tells no secret."""

import asyncio
import io
import logging
from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from alerts.channels.chat import THREADS, Chat, chats, words
from standards.errors import DeliveryError
from tests.alerts.playing import Floor, line
from tests.alerts.receiver import Answer, Receiver, receiving
from tests.alerts.samples import BROKEN, KEPT, WARNED
from tests.streams.hosting import until


def address(receiver: Receiver) -> str:
    return receiver.url.replace("http://", "json://till:SESAME@") + "?token=SESAME"


async def test_a_notice_is_sent_with_what_to_do_first() -> None:
    """The title says what to do, the body how; the service hears whether it is a warning or good news."""
    async with receiving() as receiver:
        (chat,) = chats([address(receiver)], private=True)
        for notice in (WARNED, BROKEN, KEPT):
            await chat.deliver(notice)
    sent = [msgspec.json.decode(body) for body in receiver.bodies]
    assert [each["title"] for each in sent] == [WARNED.text, BROKEN.text, KEPT.text]
    assert [each["type"] for each in sent] == ["warning", "failure", "success"]
    assert sent[0]["message"] == f"How: {WARNED.how}\nThe promise: {WARNED.wording}"


@pytest.mark.parametrize(("status", "again"), [(301, True), (401, True), (410, False), (429, True), (503, True)])
async def test_an_answer_says_whether_to_try_again(status: int, again: bool) -> None:
    """What Apprise was answered goes by the same table as everything else, and no redirect is followed."""
    async with receiving([Answer(status, {"Location": "/hook"})]) as receiver:
        (chat,) = chats([address(receiver)], private=True)
        with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
            await chat.deliver(WARNED)
        assert len(receiver.bodies) == 1
    assert caught.value.again is again


async def test_a_service_in_our_own_network_is_refused_unless_allowed() -> None:
    """As with webhooks the address of the connection counts, whichever library makes it."""
    async with receiving() as receiver:
        (chat,) = chats([address(receiver).replace("127.0.0.1", "localhost")], private=False)
        with pytest.raises(DeliveryError, match="KEPT_WEBHOOK_PRIVATE=yes would allow it"):
            await chat.deliver(WARNED)
        assert receiver.bodies == []


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give what is written of everything that is logged, as a Kept that runs has it, but with every detail."""
    written = io.StringIO()
    writer, root = logging.StreamHandler(written), logging.getLogger()
    root.addHandler(writer)
    before = root.level
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(writer)


async def test_no_secret_is_told(log: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever goes wrong, neither the error nor any log has the address in it, nor what the service answered."""
    errors = []
    with capture_logs() as logs:
        async with receiving([Answer(500), Answer(hang_up=True)]) as receiver:
            (chat,) = chats([address(receiver)], private=True)
            for _ in range(2):
                with pytest.raises(DeliveryError) as caught:
                    await chat.deliver(WARNED)
                errors.append(str(caught.value))
        with pytest.raises(DeliveryError) as caught:
            await chat.deliver(WARNED)
    with pytest.raises(ValueError, match="Apprise cannot read the address for chat-slack") as wrong:
        chats(["slack://SESAME"], private=True)
    told = [*errors, str(caught.value), str(wrong.value), str(logs), log.getvalue(), *capfd.readouterr()]
    assert "SESAME" not in "".join(told)
    assert errors[1] == "the chat service did not take it, or was not reached"


async def test_a_service_that_hangs_holds_nobody_up() -> None:
    """A delivery ends after its time limit; its thread keeps its turn until it is done, so that they cannot pile up."""
    async with receiving([Answer(silent=True)] * (THREADS + 1)) as receiver:
        chat = Chat(address(receiver) + "&rto=1", name="chat", timeout=0.3)
        missed = await asyncio.gather(*(chat.deliver(WARNED) for _ in range(THREADS + 1)), return_exceptions=True)
        assert {str(each) for each in missed} == {"no answer from the chat service within 0.3 s"}
        assert len(receiver.bodies) == THREADS
        receiver.answers.clear()
        patient = Chat(address(receiver), name="chat")
        await patient.deliver(WARNED)
        await until(lambda: len(receiver.bodies) == THREADS + 1)


async def test_each_address_is_a_channel_with_a_name_that_stays() -> None:
    """Deliveries are shown by the service and its number, which another service in the list does not change."""
    made = chats(["json://a.example", "JSON://b.example", "xml://c.example", "jsons://d.example"], private=True)
    assert [chat.name for chat in made] == ["chat-json", "chat-json-2", "chat-xml", "chat-jsons"]


def test_nobody_is_called_by_what_came_with_an_event() -> None:
    """A queue called @everyone does not ring a hundred phones, and a message is bounded."""
    title, body = words(replace(WARNED, text="At @everyone and <!channel>\r\n@here: \x1b[2J", how="x" * 5_000))
    assert "@everyone" not in title
    assert "<!" not in title
    assert "@here" not in body
    assert "\\x1b[2J" in body
    assert max(map(len, body.splitlines())) == 1_000


@pytest.mark.parametrize("stores", [3, 40, 130])
def test_the_places_of_a_summary_stand_below_each_other(stores: int) -> None:
    """The title says where and what to do; the body names place by place, and how many more than it can hold."""
    floor = Floor("kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann}]\n")
    floor.go(40, [line(0, "broken", f"{n}-{till}", site=f"store-{n:03}") for n in range(stores) for till in (1, 2)])
    title, body = words(floor.notices[-1])
    places = [row for row in body.splitlines() if row.startswith("- store-")]
    assert title.startswith("store-001 and ")
    assert body.startswith(f"{2 * stores - 2} promises in this message, as there are so many. All of them are broken.")
    assert places[0] == "- store-001: 1-1, 1-2 (all broken)"
    more = stores - 1 - len(places)
    assert (f"\n- and {more} more\n" in body) == (more > 0) == (stores > 3)
    assert len(body) < 1_200
