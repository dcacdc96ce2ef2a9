"""The data folder of a host as history: a file of its events, as `kept export events` gives them, while it is read.

Read next: `inputs.py`; `streams/exports/giving.py` for what is given out.
"""

from __future__ import annotations

import atexit
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from standards.errors import EventError, StateError
from streams.exports import giving
from streams.storage.export_queries import Asked
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE


def is_data_folder(path: str) -> bool:
    """Say whether a folder is one in which a host keeps what it took in."""
    return (Path(path) / FILE).is_file()


def exported(path: str) -> str:
    """Give a file with the events of a data folder, each with when it was received; it goes when this process ends.

    A host that uses the folder goes on. Raises EventError for a folder that cannot be read.
    """
    folder = mkdtemp(prefix="kept-history-")
    atexit.register(rmtree, folder, ignore_errors=True)
    out = Path(folder) / f"{Path(path).resolve().name}.jsonl"
    try:
        with closing(ReadModel(Path(path))) as read_model, out.open("wb") as file:
            queries = read_model.exports
            file.writelines(giving.events(queries, Asked(), "lines", last=queries.extent().last))
    except StateError as error:
        raise EventError("damaged-file", f"{path}: {error}") from None
    return str(out)
