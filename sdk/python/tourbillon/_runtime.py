"""What makes Python feel at home in a component. Imported there only.

Python's runtime has no system below it (`--stub-wasi`): whatever asks for one ends in a trap. Here
the usual questions get an answer, in Python, through the interfaces that the host does grant:

- `print` and what else is written to `sys.stdout` and `sys.stderr` goes to the log;
- so does Python's `logging`, unless the author gave the root logger a handler;
- `time` and `datetime` ask the host's clocks (`_clocks`);
- `os.urandom` asks the host, and `random` is seeded anew by it in each instance;
- `os.abort` logs, as *critical*, from where it was called;
- an import that was not done when the component was made, and whatever reaches for files or input (`_files`),
  are exceptions.

Beyond these, asking the system still traps: `io.FileIO`, `os.times`, sockets.
Nothing is changed before the first call from the host: until then Python has its build machine.
"""

from __future__ import annotations

# `strptime` of `datetime` and `time` imports it when it is called first.
import _strptime  # type: ignore[import-not-found]  # noqa: F401
import functools
import importlib.machinery
import io
import linecache
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from wit_world.imports import monotonic_clock, random as host_random, wall_clock

from . import _clocks, _exchange, _wasm, log
from ._clocks import Clocks
from ._files import refuse_files
from ._report import describe_stack, own_source
from ._wasm import trap

_streams: list[_LogStream] = []


def prepare() -> None:
    """Called when the component is made, once the author's modules are there."""
    _keep_sources()
    _clocks.exchange(Clocks(_live, _wall_ns, monotonic_clock.now, _sleep))
    refuse_files(_live)
    _seed_by_the_host()


def _live() -> bool:
    return _wasm.live


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
    if _wasm.live:
        return
    _wasm.live = True
    _streams.extend([_LogStream(log.Level.INFO, "stdout"), _LogStream(log.Level.WARN, "stderr")])
    sys.stdout, sys.stderr = _streams
    sys.stdin = io.StringIO()
    for stream, ours in zip((sys.__stdout__, sys.__stderr__), _streams):
        # Whoever took them by name has these: a handler of `logging.basicConfig` at the top of a module.
        setattr(stream, "write", ours.write)
        setattr(stream, "flush", ours.flush)
    os.abort = _abort
    _set_randomness()
    _refuse_imports()
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


def _seed_by_the_host() -> None:
    """Lets `random.Random()` and `random.seed()`, which ask the system for a seed, ask the host."""
    random: Any = sys.modules.get("random")
    if random is None or hasattr(random.Random.seed, "__wrapped__"):
        return
    real, by_name = random.Random.seed, random.seed

    @functools.wraps(real)
    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        real(self, host_random.get_random_u64() if a is None and _wasm.live else a, version)

    random.Random.seed = seed
    _exchange.exchange({id(by_name): random._inst.seed})


def _set_randomness() -> None:
    os.urandom = host_random.get_random_bytes
    random = sys.modules.get("random")
    if random is not None:
        setattr(random, "_urandom", os.urandom)
        # The generator's state was baked in when the component was made.
        getattr(random, "seed")(host_random.get_random_u64())


def _refuse_imports() -> None:
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
