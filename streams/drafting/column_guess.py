"""What a column may mean, by its header and by what stands in it. A guess: whoever reads the draft decides.

Read next: `mapping_draft.py`, which writes it down.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from streams.ingest.time_forms import parsed

Kind = Literal["time", "date", "clock", "span", "number", "state", "text", "none"]
_TRIED: Final = 60
"""How many different cells are read by each format."""
FEW: Final = 24
"""A column of no more different texts is a state."""
_MOST: Final = 0.9
"""The share of a column's cells that must fit."""
_DATES: Final = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
                 "%d %b %Y", "%d. %B %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y")  # fmt: skip
_HOURS: Final = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f")
_TIMES: Final = ("", *(f"{day}{between}{hour}" for day in _DATES for between in (" ", ", ", "T") for hour in _HOURS))
_LANGUAGES: Final = ("", "de", "pl")
_SPAN: Final = re.compile(r"\d+:[0-5]?\d(:[0-5]\d)?(\.\d+)?")
_NUMBER: Final = re.compile(r"-?\d+([.,]\d+)?")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_CAPITALS: Final = re.compile(r"[A-Z][A-Z_ ]{2,}")
_SINCE, _UNTIL = 946_684_800, 2_208_988_800  # 2000 and 2040, in seconds since 1970
_DAYS: Final = (36_526, 51_136)  # the same, as a spreadsheet counts days

MEANINGS: Final[Mapping[str, str]] = {
    "due": r"\bdue\b|time.?to.?(own|resol)|target|\bsla\b|fallig|termin",
    "replied": r"first.?(response|reply|contact)|respond|repl(y|ied)|erste.?antwort|beantwort|odpowied",
    "reopened": r"re.?open|wiedereroffn|ponown",
    "completed": r"resol|solv|clos|complet|done|finish|erledig|gelost|geschloss|abgeschlos|rozwiaz|zamkn|zakoncz",
    "opened": r"creat|open|report|submit|angeleg|erstell|eroffn|eingang|gemeld|utworz|zgloszon|zarejestr",
    "answered": r"answer|\bconnect|pick(ed)?.?up|served|annahme|angenomm|odebran|aufruf|ser(vice)?.?start",
    "abandoned": r"abandon|gave.?up|given.?up|aufgeleg|abgebroch|porzuc|rezyg",
    "left": r"\bend(ed)?\b|hang.?up|disconnect|left|ende\b|koniec|q.exit|\bexit\b|finish",
    "waiting": r"arriv|join|enter|enqueue|queue.?(time|start)|offered|initiat|start|begin|anruf|call.?(time|date)"
               r"|dolacz|przyjsc|rozpocz|vru.entry|q.start",
    "changed": r"updat|modif|chang|geander|zmian|zmien|last",
    "ticket": r"ticket|issue|\bcase|incident|^key$|\bsr\b|vorgang|zgloszen|request.?(id|number)|sr.?number",
    "contact": r"call.?id|contact.?id|conversation|interaction|unique.?id|session|gesprach|anruf.?(nr|id)|rozmow",
    "customer": r"customer|client|caller|requester|kunde|klient",
    "agent": r"agent|assignee|owner|operator|server|bearbeiter|mitarbeiter|konsultant|handled.?by|user",
    "team": r"team|group|department|abteilung|gruppe|zespol|grupa|\bst\b",
    "queue": r"queue|^line$|warteschlange|schlange|kolejk|skill|service|usluga",
    "site": r"site|store|branch|office|location|filiale|standort|oddzial|lokal|urzad",
    "channel": r"channel|kanal|\bvia\b|medium",
    "priority": r"priorit|prio\b|severity|impact|dringlich",
    "waiting_count": r"^(?!.*(time|sec|min\b|dauer|czas|zeit)).*"
                     r"(waiting|in.?line|queue.?length|kolejc|wartend|occupan|people|persons?\b|osob)",
    "waited": r"wait|hold|warte|oczekiw",
    "score": r"score|rating|csat|nps|satisf|bewertung|ocena|stars?",
    "date": r"date|datum|\bdata\b|\bday\b|\btag\b|dzien",
    "state": r"status|state|\bto.?string|new.?value|^to$|disposition|outcome|result|event|zustand|stan\b|what",
    "id": r"\bid\b|number|nummer|numer|\bnr\b|\bno\b|^key$|ref",
}  # fmt: skip
"""Words of headers by what they mean, English, German and Polish, in the order in which they are tried."""


class Column(NamedTuple):
    """A column: what stands in it, and what that may mean. `formats` are those by which its times are read.

    `unsure`: it could be read the other way round. `states` are its texts, the most frequent first.
    """

    name: str
    kind: Kind
    means: tuple[str, ...]
    formats: tuple[str, ...] = ()
    language: str = ""
    unsure: bool = False
    states: tuple[str, ...] = ()
    distinct: int = 0
    filled: int = 0
    has_offset: bool = False


def guessed(name: str, cells: Sequence[str]) -> Column:
    """Say what a column is likely to be."""
    values = [cell for cell in cells if cell and cell.upper() not in ("NULL", "NONE", "N/A", "-")]
    means = meanings(name)
    counts = Counter(values)
    states = tuple(value for value, _ in counts.most_common(FEW))
    column = Column(name, "none", means, distinct=len(counts), filled=len(values), states=states)
    if not values:
        return column
    times = _times(list(counts), means)
    if times is not None:
        return times(column)
    if _most(values, lambda cell: bool(_SPAN.fullmatch(cell))):
        hours = all(int(cell.partition(":")[0]) < 24 for cell in values if _SPAN.fullmatch(cell))  # noqa: PLR2004 - hours of a day
        is_span = bool({"waited"} & set(means)) or not hours
        return column._replace(kind="span" if is_span else "clock")
    if _most(values, lambda cell: bool(_NUMBER.fullmatch(cell))):
        return column._replace(kind="number")
    capitals = all(_CAPITALS.fullmatch(value) for value in counts)
    is_state = len(counts) <= FEW and (len(counts) <= max(2, len(values) // 2) or capitals)
    return column._replace(kind="state" if is_state else "text")


def _times(values: Sequence[str], means: Sequence[str]) -> Callable[[Column], Column] | None:
    """Find the format of a column of times."""
    numbers = [float(cell) for cell in values if _NUMBER.fullmatch(cell) and "," not in cell]
    if len(numbers) >= _MOST * len(values):
        days = [form for form in ("%Y%m%d", "%y%m%d") if "date" in means and _reads(form, "", values)]
        if days:
            return lambda column: column._replace(kind="date", formats=(days[0],))
        short = any(means) or all("." not in cell for cell in values)  # a call's id may be a time with a fraction
        fine = short and not {"id", "ticket", "contact"} & set(means)
        form = _counted(numbers) if fine else None
        if form is None:
            return None
        return lambda column: column._replace(kind="time", formats=(form,), has_offset=form != "excel")
    if not _most(values, lambda cell: any(map(str.isdigit, cell))):
        return None
    for language in _LANGUAGES:
        for forms, of in (((_TIMES), "time"), (_DATES, "date")):
            kind: Kind = "time" if of == "time" else "date"
            fitting = [form for form in forms if (kind == "time" or form) and _reads(form, language, values)]
            if kind == "time" and fitting[:1] == [""] and _most(values, lambda cell: len(cell) <= 10):  # noqa: PLR2004 - a day alone
                kind = "date"
            if fitting:
                other = _swapped(fitting[0])
                unsure = other in fitting[1:]
                offset = _offset(values[0], fitting[0], language)
                return lambda column: column._replace(
                    kind=kind,
                    formats=() if fitting[0] == "" else (fitting[0],),
                    language=language,
                    unsure=unsure,
                    has_offset=offset,
                )
    return _mixed(values)


def _mixed(values: Sequence[str]) -> Callable[[Column], Column] | None:
    """Find the format of what is partly text and partly a spreadsheet's own times, which come as ISO 8601."""
    iso = [cell for cell in values if _ISO.match(cell)]
    others = [cell for cell in values if not _ISO.match(cell)]
    if not iso or not others:
        return None
    form = next((form for form in _TIMES[1:] if _reads(form, "", others)), None)
    return None if form is None else lambda column: column._replace(kind="time", formats=(form, "iso"))


def _counted(numbers: Sequence[float]) -> str | None:
    if _between(numbers, _SINCE, _UNTIL):
        return "unix"
    if _between(numbers, _SINCE * 1_000, _UNTIL * 1_000):
        return "unix-ms"
    if all(_DAYS[0] <= number < _DAYS[1] and not number.is_integer() for number in numbers):
        return "excel"
    return None


def _between(numbers: Sequence[float], low: float, high: float) -> bool:
    return sum(low <= number < high for number in numbers) >= _MOST * len(numbers)


def _reads(form: str, language: str, values: Sequence[str]) -> bool:
    if language and "%b" not in form.lower():
        return False

    values = values[:_TRIED]

    def reads(cell: str) -> bool:
        try:
            parsed(cell, form, language)
        except (ValueError, OverflowError):
            return False
        return form != "" or bool(_ISO.match(cell))

    return (reads(values[0]) or reads(values[-1])) and _most(values, reads)


def _offset(value: str, form: str, language: str) -> bool:
    return parsed(value, form, language).tzinfo is not None if _reads(form, language, [value]) else False


def _swapped(form: str) -> str:
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _most(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return sum(map(fits, values)) >= _MOST * len(values)


def meanings(header: str) -> tuple[str, ...]:
    """Name all that a header may mean, by its words: of a path, its last step, or nothing, before the others."""
    found = [_named(header.rpartition(".")[2]) or [""], _named(header)]
    return tuple(dict.fromkeys(name for names in found for name in names))


def _named(header: str) -> list[str]:
    return [name for name, words in MEANINGS.items() if re.search(words, _plain(header))]


def _plain(header: str) -> str:
    """Write a header in small letters without accents, words apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header.replace("ł", "l").replace("Ł", "L"))
    bare = "".join(sign for sign in unicodedata.normalize("NFD", apart) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", bare.lower()).strip()


def first(columns: Iterable[Column], meaning: str, *kinds: Kind) -> Column | None:
    """Give the column that means something: one of which it is the first meaning, before others."""
    fitting = [each for each in columns if meaning in each.means and each.filled and (not kinds or each.kind in kinds)]
    return min(fitting, key=lambda each: (each.means.index(meaning), len(each.name)), default=None)
