"""Another try or none: the table, line by line. Each channel's own tests show that it goes by it."""

import errno
import ssl

import pytest

from alerts.channels import TryLaterError
from alerts.channels.retrying import check_answer, retry_after, shown, smtp_refusal, unanswered, unconnected
from standards.errors import DeliveryError
from tests.streams.hosting import T0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_was_taken_is_no_miss(status: int) -> None:
    """Every success of HTTP's is a delivery, whatever its headers say."""
    check_answer(status, {"Retry-After": "5"}, T0)
    assert retry_after("5", T0) == 5


@pytest.mark.parametrize(
    ("status", "headers", "again", "seconds"),
    [
        (410, {}, False, None),
        (410, {"Retry-After": "5"}, False, None),
        (100, {}, True, None),
        (301, {}, True, None),
        (400, {}, True, None),
        (401, {}, True, None),
        (404, {"Retry-After": "5"}, True, 5),
        (408, {}, True, None),
        (425, {}, True, None),
        (429, {"Retry-After": "17"}, True, 17),
        (500, {}, True, None),
        (503, {"Retry-After": "soon"}, True, None),
        (503, {"Retry-After": "Fri, 09 Jan 2026 23:07:10 GMT"}, True, 30),
        (503, {"Retry-After": "999999999999"}, True, 86_400),
        (599, {}, True, None),
    ],
)
def test_an_http_answer(status: int, headers: dict[str, str], again: bool, seconds: int | None) -> None:
    """Only who is gone for good is not asked again; a time that is named is obeyed, up to a day."""
    with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
        check_answer(status, headers, T0)
    assert caught.value.again is again
    assert getattr(caught.value, "seconds", None) == seconds
    assert isinstance(caught.value, TryLaterError) is (seconds is not None)


@pytest.mark.parametrize(
    ("code", "setting", "again"),
    [
        (421, False, True),
        (450, False, True),
        (452, False, True),
        (499, False, True),
        (500, False, False),
        (550, False, False),
        (554, False, False),
        (554, True, True),
        (530, False, True),
        (535, False, True),
    ],
)
def test_an_smtp_code(code: int, setting: bool, again: bool) -> None:
    """4yz passes, 5yz would come each time; what a setting can mend is tried again."""
    miss = smtp_refusal(code, about="the letter", setting=setting)
    assert (str(miss), miss.again) == (f"the letter: answered {code}", again)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "SESAME"), "connection refused"),
        (OSError("SESAME"), "OSError"),
        (ValueError("SESAME"), "ValueError"),
        (ssl.SSLCertVerificationError(1, "SESAME"), "its certificate is not valid"),
    ],
)
def test_a_connection_that_failed(error: Exception, told: str) -> None:
    """No connection is always worth another try, and nothing is repeated that may quote an address."""
    miss = unconnected("https://chat.example", error)
    assert (str(miss), miss.again) == (f"no connection to https://chat.example: {told}", True)
    assert unanswered("https://chat.example", 10.0).again


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://u:SESAME@chat.example:99/SESAME?t=SESAME#SESAME", "https://chat.example"),
        ("https://[SESAME", "it"),
        ("SESAME", "it"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, told: str) -> None:
    """Of an address its scheme and host are told, and nothing that could be a token."""
    assert shown(url, "it") == told
