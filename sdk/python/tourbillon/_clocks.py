"""Time as Python's own library tells it, where the system has no clocks.

`time` and `datetime` are written in C and ask the system, which in a component ends in a trap. Their
functions that do so are exchanged for ones that ask the host once a manager is live; what a module took by
name (`from time import time`, `from datetime import datetime`) is exchanged there, too. Until then, while the
component is made, they are what they were. Knows no host: whoever calls brings its clocks.

`datetime.datetime` can't be changed, so a class that inherits from it takes its place; to `isinstance` the two
are one, and so they are as keys, by `==` and to `pickle`. What was bound to the old class before, such as a
default `now=datetime.now`, or `super().now()` in a class that inherits from it, still traps.
"""

from __future__ import annotations

import copyreg
import datetime as _datetime
import io
import sys
import time as _time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import _exchange

_Real = _datetime.datetime


class _OneClass(type):
    """Makes objects of the class that was exchanged objects of the one in its place."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Real) if cls is Datetime else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _Real) if cls is Datetime else super().__subclasscheck__(subclass)

    def __eq__(cls, other: object) -> bool:
        return cls is other or (cls is Datetime and other is _Real)

    def __hash__(cls) -> int:
        return hash(_Real) if cls is Datetime else super().__hash__()


class Datetime(_Real, metaclass=_OneClass):
    """`datetime.datetime`, whose present is that of `time.time_ns`."""

    @classmethod
    def now(cls, tz: _datetime.tzinfo | None = None) -> Any:
        """The present, in a time zone; without one in UTC, as a component knows no other."""
        return _present(cls, tz)

    @classmethod
    def today(cls) -> Any:
        """The present without a time zone."""
        return _present(cls, None)

    @classmethod
    def utcnow(cls) -> Any:
        """The present in UTC, without saying so; Python advises against it."""
        return _present(cls, _datetime.timezone.utc).replace(tzinfo=None)

    def __repr__(self) -> str:
        # A class written in C tells its module, one written in Python does not.
        return f"datetime.{super().__repr__()}" if type(self) is Datetime else super().__repr__()


def _present(kind: type[_Real], tz: _datetime.tzinfo | None) -> _Real:
    # None of the three asks another, which a class may have made its own.
    seconds, rest = divmod(_time.time_ns(), 1_000_000_000)
    return kind.fromtimestamp(seconds, tz).replace(microsecond=rest // 1_000)


# Errors, `repr` and `pickle` name it as what it stands for.
Datetime.__module__, Datetime.__name__, Datetime.__qualname__ = "datetime", "datetime", "datetime"


@dataclass(frozen=True)
class Clocks:
    """What a host tells."""

    #: Whether it may be asked already.
    live: Callable[[], bool]
    #: Nanoseconds since the Unix epoch.
    wall_ns: Callable[[], int]
    #: Nanoseconds since some fixed point.
    monotonic_ns: Callable[[], int]
    #: Waits so many seconds.
    sleep: Callable[[float], None]


def exchange(clocks: Clocks) -> None:
    """Exchanges what asks the system for the time, in all modules that are there."""
    if isinstance(_datetime.datetime, _OneClass):
        return
    instead: dict[int, Any] = {id(_Real): Datetime}
    for name, function in _functions(clocks).items():
        real = getattr(_time, name, None)
        if real is not None:
            instead[id(real)] = _exchange.once_live(clocks.live, real, function)
    _exchange.exchange(instead, but=__name__)
    _take_present(_Real)
    copyreg.pickle(_Real, _reduced)
    zones: Any = sys.modules.get("zoneinfo._common")
    if zones is not None:
        zones.load_tzdata = _exchange.once_live(clocks.live, zones.load_tzdata, _zone)


def _reduced(real: _datetime.datetime) -> tuple[Any, ...]:
    """What `pickle` keeps of an object of the exchanged class: its class is found by name no more."""
    return Datetime, real.__reduce_ex__(4)[1]


def _take_present(of: type[Any]) -> None:
    """Gives classes that inherit from the real one the present of the host, where they have none of their own."""
    for kind in of.__subclasses__():
        if kind is Datetime:
            continue
        for name in ("now", "today", "utcnow"):
            owner = next(base for base in kind.__mro__ if name in vars(base))
            if owner in (_Real, _datetime.date):
                setattr(kind, name, vars(Datetime)[name])
        _take_present(kind)


def _zone(key: str) -> io.BytesIO:
    """The file of a time zone: that of UTC, and no other."""
    if key == "UTC":
        # No transitions and one type of time, no seconds from UTC.
        return io.BytesIO(b"TZif" + bytes(32) + b"\0\0\0\1\0\0\0\4" + bytes(6) + b"UTC\0")
    error: type[KeyError] = sys.modules["zoneinfo._common"].ZoneInfoNotFoundError
    raise error(
        f"a component knows no time zone {key}: make its ZoneInfo at the top of a module, with"
        " the package tzdata in the project"
    )


def _functions(clocks: Clocks) -> dict[str, Any]:
    """What asks the host, under the names of the module `time`."""

    def in_seconds(ns: Callable[[], int]) -> Callable[[], float]:
        return lambda: ns() / 1e9

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        clocks.sleep(seconds)

    gmtime, localtime = _time.gmtime, _time.localtime
    asctime, strftime = _time.asctime, _time.strftime

    def now(seconds: float | None) -> float:
        return clocks.wall_ns() / 1e9 if seconds is None else seconds

    def told_by(clock: int) -> int:
        return clocks.wall_ns() if clock == _time.CLOCK_REALTIME else clocks.monotonic_ns()

    def local(of: Any) -> Any:
        return localtime(now(None)) if of is None else of

    return {
        "time_ns": clocks.wall_ns,
        "time": in_seconds(clocks.wall_ns),
        "monotonic_ns": clocks.monotonic_ns,
        "monotonic": in_seconds(clocks.monotonic_ns),
        "perf_counter_ns": clocks.monotonic_ns,
        "perf_counter": in_seconds(clocks.monotonic_ns),
        # The time of a process counts from no fixed point: it is good for differences, as this is.
        **dict.fromkeys(("process_time_ns", "thread_time_ns"), clocks.monotonic_ns),
        **dict.fromkeys(("process_time", "thread_time"), in_seconds(clocks.monotonic_ns)),
        "clock_gettime_ns": told_by,
        "clock_gettime": lambda clock: told_by(clock) / 1e9,
        "clock_getres": lambda _: 1e-9,
        "sleep": sleep,
        "gmtime": lambda seconds=None: gmtime(now(seconds)),
        "localtime": lambda seconds=None: localtime(now(seconds)),
        "ctime": lambda seconds=None: asctime(localtime(now(seconds))),
        "asctime": lambda of=None: asctime(local(of)),
        "strftime": lambda form, of=None: strftime(form, local(of)),
    }
