"""Setting push up: its key, the book of devices on the disk, and where phones cannot ring."""

import stat
from pathlib import Path

import pytest

from alerts.channels.push import Push
from alerts.channels.sealing import new_key
from standards.errors import SpecError, StateError
from streams.delivery.channels import channel_names, channels_of
from streams.delivery.pushing import KEY_FILE, Pushing, pushing
from streams.settings import NAMES, Settings, read_settings
from streams.storage.device_file import FILE, stored_in
from streams.storage.devices import MOST, DeviceBook, FullError
from tests.alerts.phones import SEALER, Phone
from tests.streams.commands import kept, kept_apart
from tests.streams.hosting import Clock, shop

CONTACT = {"push_contact": "ops@shop.example"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def set_up(settings: Settings, folder: Path) -> Pushing:
    made = pushing(settings, folder, Clock())
    assert made is not None
    return made


def test_nothing_is_set_up_unasked(tmp_path: Path) -> None:
    """Without a contact there is no key, no file of devices, and no channel."""
    assert pushing(read_settings(), tmp_path, Clock()) is None
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    """The first start makes a key that nobody else can read; the next ones take it, so phones stay on."""
    settings = read_settings(**CONTACT)
    first, second = set_up(settings, tmp_path), set_up(settings, tmp_path)
    assert first.devices.public == second.devices.public
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert isinstance(channels_of(settings, Clock(), push=first.channel)[0], Push)
    assert channel_names(settings) == ["push"]


def test_a_key_can_be_given(tmp_path: Path) -> None:
    """A key from the settings, or from a file, is taken; it is never shown, and none is made then."""
    key, file = new_key(), tmp_path / "key"
    file.write_text(f"{key}\n", encoding="ascii")
    given = read_settings(**CONTACT, push_key=f"{key}\n")
    from_file = read_settings(**CONTACT, push_key_file=str(file))
    assert set_up(given, tmp_path).devices.public == set_up(from_file, tmp_path).devices.public
    assert key not in repr(given)
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"push_key": "SESAME"}, "KEPT_PUSH_KEY: this is not a key for pushes"),
        ({"push_contact": "https://"}, "KEPT_PUSH_CONTACT: this is not a mail address or https address"),
        ({"push_key": "SESAME", "push_key_file": __file__}, "KEPT_PUSH_KEY_FILE: KEPT_PUSH_KEY is set as well"),
        ({"push_key_file": "/no/such/key"}, "KEPT_PUSH_KEY_FILE: there is no file /no/such/key; name the one with"),
        ({"push_key_file": __file__}, "is not a key for pushes"),
        ({"push_contact": "", "push_services": "push.shop.example"}, "KEPT_PUSH_CONTACT: KEPT_PUSH_SERVICES is set"),
        ({"push_contact": "nobody"}, "KEPT_PUSH_CONTACT: this is not a list of mail addresses"),
        ({"push_contact": "a@s.pl, b@s.pl"}, "KEPT_PUSH_CONTACT: push services write to one address; write one"),
        ({"push_services": "https://x.example"}, "KEPT_PUSH_SERVICES: 'https://x.example' is not the host of a push"),
    ],
)
def test_a_slip_is_told_before_anything_runs(tmp_path: Path, given: dict[str, str], message: str) -> None:
    """What cannot be used is named as in the environment, with what would fix it, and no secret is quoted."""
    with pytest.raises((SpecError, StateError)) as caught:
        pushing(read_settings(**{**CONTACT, **given}), tmp_path, Clock())
    assert message in str(caught.value)
    assert "SESAME" not in str(caught.value)


def test_on_kafka_the_key_has_to_be_given(tmp_path: Path) -> None:
    """A key that one `kept serve` made would be no other one's: it says so at its start, and makes none."""
    settings = {"KEPT_PUSH_CONTACT": CONTACT["push_contact"]}
    rules, data = shop(tmp_path).paths, str(tmp_path / "data")
    ended = kept_apart("serve", "--standards", *rules, "--data", data, settings=settings)
    assert ended.returncode != 0
    words = "on Kafka every kept serve has to sign by the same key: give each of them that key by KEPT_PUSH_KEY_FILE"
    assert words in " ".join(ended.stderr.split())
    assert not (tmp_path / "data" / KEY_FILE).exists()


def test_check_says_whose_phone_cannot_ring(tmp_path: Path) -> None:
    """An address for push where push is not set up is found by `kept check`."""
    shop(tmp_path)
    policy = "kept: 1\npeople:\n  ann: {addresses: {push: ann}}\nroutes: [{tell: ann}]\n"
    (tmp_path / "rules" / "policy.yaml").write_text(policy, encoding="utf-8")
    ended = kept("check", str(tmp_path / "rules"), "--channels", "mail")
    assert "no channel push is set up, so nothing comes to ann there" in ended.stdout


async def test_a_device_that_cannot_be_stored_stays_as_it_is(tmp_path: Path) -> None:
    """What is not on the disk would be lost with the next start: whoever asks is told, and nothing has changed."""
    folder = tmp_path / "data"
    folder.mkdir()
    book = stored_in(folder, DeviceBook(SEALER.public, Clock()))
    device = Phone("https://fcm.googleapis.com/x").device()
    await book.add(device)
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    with pytest.raises(StateError, match="cannot be written"):
        await book.add(Phone("https://fcm.googleapis.com/y").device())
    with pytest.raises(StateError, match="cannot be written"):
        await book.remove(device)
    assert [each.id for each in book.of("ann")] == [device.id]
    await book.drop(device, "gone")
    assert book.of("ann") == []


def test_a_damaged_book_stops_the_start(tmp_path: Path) -> None:
    """A file that cannot be read is told of, and not written over."""
    (tmp_path / FILE).write_text("{", encoding="ascii")
    with pytest.raises(StateError, match="cannot be read; move it away"):
        stored_in(tmp_path, DeviceBook(SEALER.public, Clock()))
    assert (tmp_path / FILE).read_text(encoding="ascii") == "{"


async def test_devices_are_bounded_in_all(tmp_path: Path) -> None:
    """However many people there are, the book has an end; who is in it can still switch the same device on again."""
    book = stored_in(tmp_path, DeviceBook(SEALER.public, Clock(), most=2))
    for number in (0, 1, 0):
        await book.add(Phone(f"https://fcm.googleapis.com/{number}").device(f"person-{number}"))
    with pytest.raises(FullError, match="There are 2 devices that ring already"):
        await book.add(Phone("https://fcm.googleapis.com/2").device("somebody"))
    assert (len(book), MOST) == (2, 1_000)
