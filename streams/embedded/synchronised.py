"""Whether this machine's clock is synchronised, by the word of its kernel: what time servers tell it, it tells us.

Whoever sets the clock by hand takes that word back, and a time server gives it anew: so it says of a step of the clock
whether that is right. It is read by `adjtimex` (Linux, read-only, no rights needed), which Python has no name for.
An edge: the system is asked. Must not know: what follows from it.
"""

from __future__ import annotations

import ctypes
from typing import Final

_UNSYNCHRONISED: Final = 0x40
"""The bit STA_UNSYNC of the status."""
_ERROR: Final = 5
"""What the call gives where the clock is not synchronised: TIME_ERROR."""


class _Timex(ctypes.Structure):
    """The head of `struct timex`; the rest is only room."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long), ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long), ("status", ctypes.c_int), ("rest", ctypes.c_byte * 512),
    )  # fmt: skip


def synchronised() -> bool | None:
    """Say whether the kernel takes its clock for synchronised; None: it cannot be asked."""
    read = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(read))
    except (AttributeError, OSError):
        return None
    if state < 0:
        return None
    return bool(state != _ERROR and not read.status & _UNSYNCHRONISED)
