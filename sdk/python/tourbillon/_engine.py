"""One instance of a manager: made when it is first needed, prepared, run, and its errors told.

The exported functions and the harness of `testing` both go through here, so that a test sees what a
host would see.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from . import _host, log
from ._report import describe, message, place, worth_a_traceback
from .errors import TaskError
from .manager import Manager
from .run import Run


@dataclass(frozen=True)
class Failure:
    """A run, or `init_host`, that failed."""

    #: What the host is told, one line.
    message: str
    #: How many ticks to skip before the next run, if asked for.
    ticks_to_skip: int | None
    #: The exception.
    error: BaseException


class Instance:
    """The one instance of a manager in its component."""

    def __init__(self, manager: type[Manager]) -> None:
        self._class = manager
        self._manager: Manager | None = None

    @property
    def manager(self) -> Manager:
        """The manager, made on first use: at run time, and not when a component is made."""
        if self._manager is None:
            self._manager = self._class()
        return self._manager

    def init_host(self, host: str) -> Failure | None:
        """Prepares the manager."""
        try:
            self.manager.init_host(host)
        except BaseException as error:
            return self._failure("init_host", error)
        return None

    def run(self, run: Run) -> Failure | int | None:
        """Runs one task. A number asks to skip so many ticks."""
        try:
            skip = self.manager.run_task(run)
        except BaseException as error:
            return self._failure(run.task, error)
        return None if skip is None else skip.ticks

    def service_version(self) -> str:
        """The version of the service. An exception here is a trap: the host takes no other answer."""
        try:
            return _text(self.manager.service_version())
        except BaseException as error:
            self._trap("service_version", error)

    def service_config(self) -> list[tuple[str, str]]:
        """The configuration of the service. An exception here is a trap, as above."""
        try:
            config = self.manager.service_config()
            pairs = config.items() if isinstance(config, Mapping) else config
            return [(_text(key), _text(value)) for key, value in pairs]
        except BaseException as error:
            self._trap("service_config", error)

    def _failure(self, what: str, error: BaseException) -> Failure:
        if isinstance(error, KeyboardInterrupt) and sys.platform != "wasi":
            # Somebody who waits for a test; in a component nobody can, and it is raised by the author.
            raise error
        if isinstance(error, MemoryError):
            # Trap, so that the run is out of memory for the host and the instance is replaced: one
            # that could not get memory is in no state to be run again.
            self._trap("out of memory", error)
        if worth_a_traceback(error):
            told = describe(error)
        else:
            told = f"{what} failed at {place(error)}: {message(error)}"
        log.write(log.Level.ERROR, self._class.__module__, told)
        ticks = error.ticks_to_skip if isinstance(error, TaskError) else None
        return Failure(message(error), ticks, error)

    def _trap(self, what: str, error: BaseException) -> NoReturn:
        text = f"{what}: {message(error)}\n{describe(error)}"
        log.write(log.Level.CRITICAL, self._class.__module__, text)
        _host.trap(error)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, not {value!r:.100}")
    return value
