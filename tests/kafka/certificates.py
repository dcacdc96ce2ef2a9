"""Certificates for a test: an authority, and what it signs for a broker on this machine and for its clients.

openssl makes them, which comes with Java's own certificates. Read next: `test_connection.py`.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def authority(folder: Path, name: str = "ca") -> Path:
    """Make an authority; gives its certificate, whose key lies beside it."""
    made = folder / f"{name}.pem"
    _openssl(
        "req", "-x509", *_KEY, "-keyout", made.with_suffix(".key"), "-out", made, "-days", 2, "-subj", f"/CN={name}"
    )
    return made


def signed(authority: Path, name: str) -> Path:
    """Make a certificate for this machine's own address, signed by the authority; its key lies beside it."""
    made = authority.with_name(f"{name}.pem")
    asked, address = made.with_suffix(".csr"), made.with_suffix(".ext")
    address.write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    _openssl("req", *_KEY, "-keyout", made.with_suffix(".key"), "-out", asked, "-subj", f"/CN={name}")
    _openssl(
        "x509", "-req", "-in", asked, "-out", made, "-days", 2, "-extfile", address,
        "-CA", authority, "-CAkey", authority.with_suffix(".key"), "-CAcreateserial",
    )  # fmt: skip
    return made


def _openssl(*args: object) -> None:
    subprocess.run(["openssl", *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, check=True)
