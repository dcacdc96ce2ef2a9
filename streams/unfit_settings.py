"""What is wrong with a setting, in words for who set it.

Read next: `settings.py`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from standards.calendar.duration import describe
from standards.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX: Final = "KEPT_"
"""How the names of settings begin in the environment."""


def unknown_setting(name: str, known: Sequence[str]) -> Finding:
    """Say what may be meant by a name that is not that of a setting."""
    otherwise = {
        "KEPT_KAFKA": "set KEPT_KAFKA__BROKERS and its like",
        "KEPT_POLICY": "a policy is one of the files that KEPT_STANDARDS or --standards name",
    }
    if (better := otherwise.get(name.upper())) is not None:
        return Finding("setting", Place(name, 1, 1), f"this is not a setting by itself; {better}")
    near = get_close_matches(name.upper().removeprefix(PREFIX), (each.removeprefix(PREFIX) for each in known), n=1)
    fix = f"did you mean {PREFIX}{near[0]}?" if near else f"the settings are: {', '.join(known)}"
    return Finding("setting", Place(name, 1, 1), f"this is not a setting of Kept; {fix}")


def unfit_setting(problem: dict[str, Any]) -> Finding:
    """Say of a setting what is wrong with it; `problem` is one of pydantic's errors."""
    where = [str(part) for part in problem["loc"]]
    name = "__".join(where) or "listen"
    setting = name.upper() if name.upper().startswith(PREFIX) else PREFIX + name.upper()
    message, ours = str(problem["msg"]), problem["type"] == "value_error"
    message = message.removeprefix("Value error, ") if ours else message[:1].lower() + message[1:]
    limit = next((value for key, value in problem.get("ctx", {}).items() if key in ("ge", "le")), None)
    if name in ("lateness", "grace", "clock_settle", "max_skew", "keep") and isinstance(limit, int):
        given = problem["input"]
        found = describe(given) if isinstance(given, int) else given
        message = f"{found} is out of bounds; the limit is {describe(limit)}"
    return Finding("setting", Place(setting, 1, 1), message)
