"""Rows of XES, the event logs of process mining: a column is the key of an attribute.

An attribute of the trace has `case:` before its key. An event that stands in no trace has none of those (IEEE 1849).
Read next: `record_rows.py`.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from streams.ingest.record_rows import RecordRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class XesRows(RecordRows):
    """Events of an XES file, each with the attributes of its trace beside its own."""

    def __init__(self, lines: IO[bytes], name: str, columns: Sequence[str]) -> None:
        super().__init__(name, columns)
        self._events = self._read(lines)

    def next(self) -> list[str] | None:
        """Read the next event's values."""
        found = next(self._events, None)
        if found is None:
            return None
        self.row += 1
        self.first = self.last = self.row
        return self._seen([found.get(column, "").strip() for column in self.header])

    def _read(self, lines: IO[bytes]) -> Iterator[Mapping[str, str]]:
        above: list[str] = []
        try:
            for what, element in iterparse(lines, ("start", "end")):
                if what == "start":
                    above.append(_local(element.tag))
                    if above[0] != "log":
                        found = f"this is not XES: its root is <{above[0]}>, and that of a log is <log>"
                        raise self.unusable(found, "give the log, or name its format: under table:")
                elif (name := above.pop()) == "trace":
                    trace = {f"case:{key}": value for key, value in _attributes(element).items()}
                    yield from ({**trace, **_attributes(each)} for each in element if _local(each.tag) == "event")
                    element.clear()
                elif name == "event" and above == ["log"]:
                    yield _attributes(element)
                    element.clear()
        except DefusedXmlException:
            found = "this file declares entities, which can grow without end, and XES needs none"
            raise self.unusable(found, "export it anew, without a document type") from None
        except (ParseError, LookupError, ValueError) as error:  # of an encoding that is unknown, the last two
            raise self.unusable(f"this is not XES that can be read: {error}", "export it anew") from None


def _attributes(element: Any) -> dict[str, str]:  # noqa: ANN401 - the library has no types
    found = {}
    for each in element:
        key, value = each.get("key"), each.get("value")
        if key is not None and value is not None and _local(each.tag) not in ("event", "trace"):
            found[key] = value
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
