"""The errors of the SDK, those that it raises and the one that a task raises on purpose."""

from __future__ import annotations

#: The largest number that fits where the host counts ticks.
MAX_TICKS = 2**32 - 1


class TourbillonError(Exception):
    """What all errors of this package have in common. Its text is made for people."""


class TaskError(TourbillonError):
    """Raised by a task (or by `init_host`) that fails on purpose, with a message for people.

    The host gets the message as it is, on one line, followed by the messages of the causes
    (`raise TaskError("cannot sweep") from error`). Longer than 4 KiB is cut. Nothing that the run
    stored is kept.

    `ticks_to_skip` asks the host to skip so many ticks before the next run, once (0 to 2**32 - 1;
    the host clamps it to a configured range, by default 0 to 1,000,000). It means nothing in
    `init_host`.
    """

    def __init__(self, message: str, *, ticks_to_skip: int | None = None) -> None:
        super().__init__(message)
        if ticks_to_skip is not None:
            check_ticks(ticks_to_skip, "ticks_to_skip")
        #: How many ticks to skip before the next run, if asked for.
        self.ticks_to_skip = ticks_to_skip


class DeclarationError(TourbillonError, TypeError):
    """A manager or one of its tasks is declared wrongly. Raised while its module is imported."""


class ConfigError(TourbillonError):
    """A value of the configuration could not be had: the host failed, or it is not what it should be."""


class StoreError(TourbillonError):
    """The store refused, in the host's words."""


class NoSuchStore(StoreError):
    """There is no bucket of this name, or it is not granted to this manager."""


class AccessDenied(StoreError):
    """The manager may not use the bucket in this way, or not at this moment."""


class QuotaExceeded(StoreError):
    """More bytes or keys than granted; nothing was stored. The text says which limit."""


class InvalidValue(StoreError):
    """The bytes under a key are not what was asked for: no UTF-8, or no JSON."""


def check_ticks(ticks: int, what: str) -> None:
    """Refuses what is no number of ticks: raises `TypeError` or `ValueError`."""
    if not isinstance(ticks, int) or isinstance(ticks, bool):
        raise TypeError(f"{what} must be a whole number, not {ticks!r}")
    if not 0 <= ticks <= MAX_TICKS:
        raise ValueError(f"{what} must be from 0 to {MAX_TICKS}, not {ticks}")
