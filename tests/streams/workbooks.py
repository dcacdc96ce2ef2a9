"""Workbooks made for tests, as small as they can be (ECMA-376, part 1)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(sheets: Mapping[str, str]) -> bytes:
    """Give a workbook with some rows of XML in each of its sheets."""
    packed = io.BytesIO()
    numbered = list(enumerate(sheets.items(), 1))
    listed = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, (name, _) in numbered)
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        book.writestr("_rels/.rels", related(("r0", "officeDocument", "xl/workbook.xml")))
        book.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{KIND}"><sheets>{listed}</sheets></workbook>'
        )
        places = [(f"r{at}", "worksheet", f"worksheets/s{at}.xml") for at, _ in numbered]
        book.writestr("xl/_rels/workbook.xml.rels", related(*places))
        for at, (_, rows) in numbered:
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            book.writestr(f"xl/worksheets/s{at}.xml", sheet)
    return packed.getvalue()


def workbook_of_calls(rows: str) -> bytes:
    """Give a workbook with one sheet, `Calls`."""
    return workbook({"Calls": rows})


def related(*parts: tuple[str, str, str]) -> str:
    """Say which parts belong to one, each by its id, kind and place."""
    each = "".join(f'<Relationship Id="{name}" Type="{KIND}/{kind}" Target="{at}"/>' for name, kind, at in parts)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def cells(*values: str | float) -> str:
    """Give one row."""
    drawn = (f"<c><v>{each}</v></c>" if isinstance(each, float) else f'<c t="str"><v>{each}</v></c>' for each in values)
    return f"<row>{''.join(drawn)}</row>"
