"""Which Kept this is."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """Tell the version of Kept that is installed."""
    try:
        return version("kept")
    except PackageNotFoundError:
        return "unknown"
