"""What a manager may ask about the run in progress.

Outside of a run `manager`, `host` and `fence` answer; the rest are 0 or empty. Each function is one
call to the host.
"""

from __future__ import annotations

from . import _host


def manager() -> str:
    """The manager's name on this host."""
    return _host.context_text("manager")


def host() -> str:
    """The name of the host."""
    return _host.context_text("host")


def attempt() -> int:
    """1, or 2 where a run that was lost with its host is repeated (`on_lost = "repeat"`)."""
    return _host.context_number("attempt")


def fence() -> int:
    """The host's fencing number; it grows with every start of a host.

    A sink that remembers the highest one can refuse writers of the past.
    """
    return _host.context_number("fence")


def trigger() -> str:
    """What started this run: `schedule` or `operator`."""
    return _host.context_text("trigger")


def fuel_granted() -> int:
    """The fuel granted to this run."""
    return _host.context_number("fuel_granted")


def fuel_left() -> int:
    """The fuel that is left of it."""
    return _host.context_number("fuel_left")


def time_limit_ms() -> int:
    """This run's time limit in milliseconds, from entry, without the time that it waited for a core."""
    return _host.context_number("time_limit_ms")


def missed_before() -> int:
    """How many ticks were missed directly before this one."""
    return _host.context_number("missed_before")
