"""Messages to the host's log, through `wasi:logging`.

    from tourbillon import log

    log.info("cleaning on %s", host)

The functions format like those of Python's `logging` and name the module that calls them; the host
adds manager, task, tick and run. Lines or bytes over the run's limit are dropped and counted, and
never end a run.

In a component `print` and Python's own `logging` arrive in the same log: see `Handler`.
"""

from __future__ import annotations

import enum
import logging
import sys

from . import _host
from ._report import describe


class Level(enum.IntEnum):
    """How serious a message is, from the least to the most."""

    #: The finest detail.
    TRACE = 0
    #: For whoever looks for a fault.
    DEBUG = 1
    #: Ordinary course of events.
    INFO = 2
    #: Something unexpected that did no harm yet.
    WARN = 3
    #: Something went wrong.
    ERROR = 4
    #: Something went wrong that needs a person.
    CRITICAL = 5


def write(level: Level, context: str, message: str) -> None:
    """Writes one message as it is. `context` says what it belongs to; the host keeps it as a field."""
    _host.log(level, context, message)


def _caller(level: Level, message: object, arguments: tuple[object, ...]) -> None:
    context = sys._getframe(2).f_globals.get("__name__", "")
    text = str(message)
    write(level, str(context), text % arguments if arguments else text)


def trace(message: object, *arguments: object) -> None:
    """Logs the finest detail."""
    _caller(Level.TRACE, message, arguments)


def debug(message: object, *arguments: object) -> None:
    """Logs for whoever looks for a fault."""
    _caller(Level.DEBUG, message, arguments)


def info(message: object, *arguments: object) -> None:
    """Logs the ordinary course of events."""
    _caller(Level.INFO, message, arguments)


def warn(message: object, *arguments: object) -> None:
    """Logs something unexpected that did no harm yet."""
    _caller(Level.WARN, message, arguments)


def error(message: object, *arguments: object) -> None:
    """Logs that something went wrong."""
    _caller(Level.ERROR, message, arguments)


def critical(message: object, *arguments: object) -> None:
    """Logs that something went wrong that needs a person."""
    _caller(Level.CRITICAL, message, arguments)


def exception(message: object, *arguments: object) -> None:
    """Logs an error with the traceback of the exception that is being handled."""
    caught = sys.exception() if sys.version_info >= (3, 11) else sys.exc_info()[1]
    text = str(message) % arguments if arguments else str(message)
    _caller(Level.ERROR, text if caught is None else f"{text}\n{describe(caught)}", ())


class Handler(logging.Handler):
    """Hands the records of Python's `logging` to the host; the logger's name is the context.

    A component has one on the root logger from the start, where nobody put another one.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record; levels below DEBUG are *trace*."""
        level = Level(min(max(record.levelno // 10, 0), 5))
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text = f"{text}\n{describe(record.exc_info[1])}"
        write(level, record.name, text)
