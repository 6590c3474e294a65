"""What makes Python feel at home in a component. Imported there only.

Python's runtime has no system below it (`--stub-wasi`): whatever asks for one ends in a trap. Here
the usual questions get an answer, in Python, through the interfaces that the host does grant:

- `print` and what else is written to `sys.stdout` and `sys.stderr` goes to the log;
- so does Python's `logging`, unless the author gave the root logger a handler;
- `time` and `datetime` ask the host's clocks (`_clocks`);
- `os.urandom` asks the host, and `random` is seeded anew by it in each instance;
- `os.abort` logs, as *critical*, from where it was called;
- an import that was not done when the component was made, and `open`, are exceptions.

Beyond these, asking the system still traps: `os.stat`, sockets, threads.
Nothing is changed before the first call from the host: until then Python has its build machine.
"""

from __future__ import annotations

import _strptime  # noqa: F401  `strptime` of `datetime` and `time` imports it when it is called first
import builtins
import errno
import importlib.machinery
import io
import linecache
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from wit_world.imports import monotonic_clock, random as host_random, wall_clock

from . import log
from ._clocks import Clocks, exchange
from ._report import describe_stack, own_source
from ._wasm import trap

_live = False
_streams: list[_LogStream] = []


def prepare() -> None:
    """Called when the component is made, once the author's modules are there."""
    _keep_sources()
    exchange(Clocks(lambda: _live, _wall_ns, monotonic_clock.now, _sleep))


def _keep_sources() -> None:
    """Keeps the source lines of the author's modules, for tracebacks."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and own_source(file):
            lines = linecache.getlines(file)
            # Without a time of modification nobody asks whether the file changed.
            linecache.cache[file] = (sum(map(len, lines)), None, lines, file)


def go_live() -> None:
    """Called on every entry into the component; does its work on the first."""
    global _live
    if _live:
        return
    _live = True
    _streams.extend([_LogStream(log.Level.INFO, "stdout"), _LogStream(log.Level.WARN, "stderr")])
    sys.stdout, sys.stderr = _streams
    os.abort = _abort
    _set_randomness()
    _refuse_files()
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(log.Handler())
        root.setLevel(1)


def flush() -> None:
    """Logs what was printed without a line break."""
    for stream in _streams:
        stream.flush()


def _abort() -> NoReturn:
    log.write(log.Level.CRITICAL, "abort", f"os.abort() was called\n{describe_stack()}")
    trap(RuntimeError())


class _LogStream(io.TextIOBase):
    """A text stream whose lines are messages."""

    def __init__(self, level: log.Level, context: str) -> None:
        self._level = level
        self._context = context
        self._line = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            log.write(self._level, self._context, line)
        return len(text)

    def flush(self) -> None:
        line, self._line = self._line, ""
        if line:
            log.write(self._level, self._context, line)


def _wall_ns() -> int:
    now = wall_clock.now()
    return now.seconds * 1_000_000_000 + now.nanoseconds


def _sleep(seconds: float) -> None:
    with monotonic_clock.subscribe_duration(int(seconds * 1e9)) as pollable:
        pollable.block()


def _set_randomness() -> None:
    os.urandom = host_random.get_random_bytes
    random = sys.modules.get("random")
    if random is not None:
        setattr(random, "_urandom", os.urandom)
        # The generator's state was baked in when the component was made.
        getattr(random, "seed")(host_random.get_random_u64())


def _refuse_files() -> None:
    def refuse(file: object, *_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSYS, "a manager has no files: keep data in the store", str(file))

    builtins.open = io.open = refuse
    setattr(linecache, "updatecache", lambda *_: [])
    setattr(linecache, "checkcache", lambda *_: None)
    # They parse source lines to draw carets below them, and a syntax error opens a file.
    setattr(traceback, "_extract_caret_anchors_from_line_segment", lambda *_: None)
    setattr(traceback.StackSummary, "_should_show_carets", lambda *_: False)
    sys.meta_path[:] = [
        importlib.machinery.BuiltinImporter,
        importlib.machinery.FrozenImporter,
        _NoMoreModules(),
    ]


class _NoMoreModules:
    """The finder of last resort: says what to do instead."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> NoReturn:
        raise ModuleNotFoundError(
            f"{name} was not imported when the component was made: import it at the top of a module",
            name=name,
        )
