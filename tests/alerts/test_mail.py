"""Mail: what a real server gets, over what kind of connection, and which of its refusals are worth another try."""

from pathlib import Path

import msgspec
import pytest

from alerts.channels.mail import Mail, Security
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from tests.alerts.mailing import ANN, BEN, TO, office
from tests.alerts.samples import WARNED
from tests.kafka.certificates import authority
from tests.streams.hosting import T0, Clock, hosting, queue, until

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
BOTH = [ANN.addr_spec, BEN.addr_spec]


async def missed(mail: Mail, notice: Notice = WARNED) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await mail.deliver(notice)
    return caught.value


async def test_a_letter_arrives_at_everybody() -> None:
    """One letter goes to all, with the action in its subject and both parts in it."""
    async with office() as post:
        await Mail(post.server(), TO, clock=Clock()).deliver(WARNED)
    assert post.to == [BOTH]
    assert post.letters[0]["Subject"] == WARNED.text
    assert [part.get_content_type() for part in post.letters[0].iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_the_connection_is_encrypted_and_logged_in(tmp_path: Path, security: Security) -> None:
    """With STARTTLS and with TLS from the start, the password and the letter go over a connection that was checked."""
    async with office(tmp_path, security=security, login=True) as post:
        server = post.server(security, user="kept", password="open sesame")
        await Mail(server, TO, clock=Clock()).deliver(WARNED)
    assert (post.users, post.encrypted, len(post.letters)) == (["kept"], [True], 1)


async def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path: Path) -> None:
    """A certificate that nobody vouches for ends it, before a password or a letter is sent; the trouble is named."""
    other = tmp_path / "other"
    other.mkdir()
    for security in ("starttls", "tls"):
        async with office(tmp_path, security=security, login=True) as post:
            post.ca = authority(other)
            error = await missed(Mail(post.server(security, user="kept", password="open sesame"), TO, clock=Clock()))
        assert str(error) == f"no connection to 127.0.0.1:{post.port}: its certificate is not valid"
        assert error.again
        assert (post.users, post.letters) == ([], [])


async def test_a_letter_is_never_sent_in_the_clear_where_tls_is_wanted() -> None:
    """A server, or somebody before it, that takes STARTTLS away gets nothing."""
    async with office() as post:
        error = await missed(Mail(post.server("starttls"), TO, clock=Clock()))
    assert str(error) == f"127.0.0.1:{post.port} does not offer STARTTLS; check KEPT_MAIL_SERVER"
    assert error.again
    assert post.letters == []


async def test_a_wrong_password_can_be_mended(tmp_path: Path) -> None:
    """A login that is refused is a slip in a setting: it is told without the password, and tried again."""
    async with office(tmp_path, security="starttls", login=True) as post:
        error = await missed(Mail(post.server("starttls", user="kept", password="hunter2"), TO, clock=Clock()))
    assert str(error) == f"the login at 127.0.0.1:{post.port}: answered 535"
    assert error.again


async def test_a_server_that_wants_a_login_says_so_and_is_tried_again(tmp_path: Path) -> None:
    """Without a user where one is needed nothing is lost: that can be mended too."""
    async with office(tmp_path, security="starttls", login=True) as post:
        error = await missed(Mail(post.server("starttls"), TO, clock=Clock()))
    assert str(error) == "the sender kept@shop.example: answered 530"
    assert error.again


@pytest.mark.parametrize(
    ("stage", "answer", "told", "again"),
    [
        ("DATA", "451 try later", "the letter: answered 451", True),
        ("DATA", "554 spam", "the letter: answered 554", False),
        ("MAIL", "452 too busy", "the sender kept@shop.example: answered 452", True),
        ("MAIL", "550 never heard of", "the sender kept@shop.example: answered 550", False),
    ],
)
async def test_a_code_says_whether_to_try_again(stage: str, answer: str, told: str, again: bool) -> None:
    """4yz passes and is tried again, 5yz would come each time; the server's own words are not repeated."""
    async with office() as post:
        post.answers[stage] = [answer]
        error = await missed(Mail(post.server(), TO, clock=Clock()))
    assert (str(error), error.again) == (told, again)
    assert post.letters == []


async def test_who_has_the_letter_does_not_get_it_again() -> None:
    """One recipient is greylisted: the repeat, under the same id, goes to that one only."""
    async with office() as post:
        post.answers[BOTH[1]] = ["450 come back in five minutes"]
        mail = Mail(post.server(), TO, clock=Clock())
        error = await missed(mail)
        await mail.deliver(WARNED)
    assert (str(error), error.again) == ("address 2 of KEPT_MAIL_TO: answered 450", True)
    assert post.to == [BOTH[:1], BOTH[1:]]
    assert len({each["Message-ID"] for each in post.letters}) == 1


async def test_who_can_never_be_reached_is_named() -> None:
    """A wrong address among right ones does not pass for a delivery, and stops nobody else's letter."""
    async with office() as post:
        post.answers |= {BOTH[0]: ["550 no such user"]}
        error = await missed(Mail(post.server(), TO, clock=Clock()))
        post.answers |= {address: ["550 no such user", "450 later"] for address in BOTH}
        both = await missed(Mail(post.server(), TO, clock=Clock()))
    assert (str(error), error.again) == ("address 1 of KEPT_MAIL_TO: answered 550", False)
    assert post.to == [BOTH[1:]]
    assert (str(both), both.again) == (
        "address 1 of KEPT_MAIL_TO: answered 550; address 2 of KEPT_MAIL_TO: answered 550",
        False,
    )


async def test_an_error_says_whose_address_it_is_and_not_the_address() -> None:
    """Errors are stored and logged; the policy has the address."""
    async with office() as post:
        post.answers["ann@shop.example"] = ["550 no such user"]
        mail = Mail(post.server(), TO, clock=Clock())
        gone = await missed(mail, msgspec.structs.replace(WARNED, to="ann", addresses={"mail": "ann@shop.example"}))
        odd = await missed(mail, msgspec.structs.replace(WARNED, to="ann", addresses={"mail": "ann at shop"}))
    assert str(gone) == "the address of ann: answered 550"
    assert str(odd) == "this is not a valid mail address; correct it in the policy, at ann"


async def test_nobody_there_or_no_answer_is_worth_another_try() -> None:
    """A server that is down or hangs gets the letter later."""
    async with office() as post:
        post.answers["DATA"] = ["hang"]
        error = await missed(Mail(post.server(), TO, clock=Clock(), timeout=0.5))
        assert (str(error), error.again) == (f"no answer from 127.0.0.1:{post.port} within 0.5 s", True)
    gone = await missed(Mail(post.server(), TO, clock=Clock()))
    assert (str(gone), gone.again) == (f"no connection to 127.0.0.1:{post.port}: connection refused", True)


async def test_a_refused_letter_comes_again_from_the_outbox(tmp_path: Path) -> None:
    """The outbox waits and tries again, and the second letter has the first one's id."""
    clock = Clock()
    async with office() as post:
        post.answers["DATA"] = ["250 OK", "421 closing"]
        mail = Mail(post.server(), TO, clock=clock)
        async with hosting(tmp_path, clock, channels=[mail]) as host:
            await host.submit([queue(host.reader, "a", T0, waiting=4)])
            clock.go(45)
            await until(lambda: len(post.letters) == 1)
            clock.go(40)
            await until(
                lambda: any(
                    row.deliveries[0].tries == 1 and row.deliveries[0].state == "waiting"
                    for row in host.read_model.notices()
                )
            )
            clock.go(2)
            await until(lambda: [row.deliveries[0].state for row in host.read_model.notices()] == ["delivered"] * 2)
    warned, broken = post.letters
    assert warned["Subject"].startswith("s3, q1: Open the next register. 4 people waiting since ")
    assert "Broken at" in broken["Subject"]
    assert warned["References"] == broken["References"]
