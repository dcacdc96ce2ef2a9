"""The catalogues: each of Kept's messages in each of its languages, and how that language writes numbers and days.

A catalogue is a text in `catalogues/`, as gettext has it, with the plural forms of its language (Polish has three). It
is read when the first message is said in it. What a language's numbers and days look like, Babel knows from the CLDR.
Read next: `words.py`.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

SOURCE: Final = "en"
"""The language of the messages in the code."""
LOCALES: Final[Mapping[str, str]] = {"en": "en_GB", "de": "de_DE", "pl": "pl_PL"}
"""Whose numbers and days a language has."""
LANGUAGES: Final = tuple(LOCALES)
_COUNTED: Final = 100
"""Up to here each form of a language that whole numbers have has come."""


@cache
def catalogue(language: str) -> NullTranslations:
    """Give the catalogue of a language: the source's is empty. Raises KeyError for one that there is not."""
    if language == SOURCE:
        return NullTranslations()
    text = files("alerts.words").joinpath("catalogues", f"{language}.po").read_text(encoding="utf-8")
    compiled = BytesIO()
    write_mo(compiled, read_po(StringIO(text), locale=_locale(language).language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@cache
def months(language: str) -> Mapping[str, int]:
    """Give the numbers of months by their names in any language, long and short, folded, without a point at the end.

    Raises ValueError for a language that is not known.
    """
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{language!r} is not a known language; write it like de or pt-BR") from None
    found: dict[str, int] = {}
    for width in ("abbreviated", "wide"):
        for context in ("format", "stand-alone"):
            names = get_month_names(width, context, locale)
            found |= {name.rstrip(".").casefold(): number for number, name in names.items()}
    return found


@cache
def plurals(language: str) -> tuple[tuple[str, int], ...]:
    """Give the forms in which a language counts, by their names in the CLDR, each with a number that has it."""
    rule = _locale(language).plural_form
    found = {rule(count): count for count in range(_COUNTED, -1, -1)}
    return tuple(sorted({"other": _COUNTED, **found}.items()))


def number(language: str, value: float) -> str:
    """Write a number: 1,234.5 in English, 1.234,5 in German."""
    return format_decimal(value, locale=_locale(language))


def percent(language: str, share: float) -> str:
    """Write a share as per cent, to one place: 0.805 is 80.5%."""
    return format_percent(round(share, 3), locale=_locale(language), decimal_quantization=False)


def weekday(language: str, number: int) -> str:
    """Write a day of the week, of which Monday is 0, in short."""
    return str(get_day_names("abbreviated", "stand-alone", _locale(language))[number])


def either(language: str, names: Sequence[str]) -> str:
    """Name things of which one is meant: a, b or c."""
    return format_list(names, style="or", locale=_locale(language))


def together(language: str, names: Sequence[str]) -> str:
    """Name things that are meant together: a, b and c."""
    return format_list(names, style="standard", locale=_locale(language))


def day(language: str, of: date, *, year: bool) -> str:
    """Write a day as people say it, with its year or without: Sun, 11 Jan."""
    return format_skeleton("yMMMEd" if year else "MMMEd", of, locale=_locale(language))
