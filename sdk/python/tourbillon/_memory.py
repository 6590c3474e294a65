"""A host in memory, for tests of managers outside of a component. `testing` is its face.

It keeps the promises that a manager can see (own writes are read, keys come in the order of their
bytes and in pages, increments are decimal text) and knows no schedule: `testing` has that.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from ._report import quoted
from .errors import NoSuchStore, StoreError
from .tasks import Task

#: As many keys as the real host puts on a page.
PAGE = 1_000

_MAX_U64 = 2**64 - 1


class LogLine(NamedTuple):
    """One message that was logged."""

    #: How serious it is, a `log.Level`.
    level: int
    #: What it belongs to: the functions of `log` put the module here.
    context: str
    #: The message.
    message: str


@dataclass
class State:
    """What the host in memory knows."""

    config: dict[str, str] = field(default_factory=dict)
    #: Buckets by name; the manager's own is "default".
    buckets: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"default": {}})
    log: list[LogLine] = field(default_factory=list)
    texts: dict[str, str] = field(
        default_factory=lambda: {"manager": "test", "host": "test", "trigger": ""}
    )
    numbers: dict[str, int] = field(default_factory=lambda: {"fence": 1})
    lists: dict[int, list[str]] = field(default_factory=dict)
    last_cursor: int = 0

    def kept(self) -> dict[str, dict[str, bytes]]:
        """A copy of all that is stored, for whoever may have to put it back."""
        return deepcopy(self.buckets)


#: The host that answers; `testing` puts another one here.
current = State()


def log(level: int, context: str, message: str) -> None:
    current.log.append(LogLine(level, context, message))


def config_get(key: str) -> str | None:
    return current.config.get(key)


def config_all() -> list[tuple[str, str]]:
    return sorted(current.config.items())


def context_text(what: str) -> str:
    return current.texts[what]


def context_number(what: str) -> int:
    return current.numbers.get(what, 0)


class Bucket:
    """An open bucket in memory."""

    def __init__(self, name: str) -> None:
        self._name = name or "default"
        if self._name not in current.buckets:
            raise NoSuchStore(f"no bucket {quoted(name)} is granted to this manager")

    @property
    def _values(self) -> dict[str, bytes]:
        return current.buckets[self._name]

    def get(self, key: str) -> bytes | None:
        return self._values.get(key)

    def set(self, key: str, value: bytes) -> None:
        self._values[key] = value

    def delete(self, key: str) -> None:
        self._values.pop(key, None)

    def exists(self, key: str) -> bool:
        return key in self._values

    def increment(self, key: str, delta: int) -> int:
        value = self._values.get(key, b"0")
        if not value.isdigit():
            raise StoreError("the store failed: the value is not a decimal number")
        # Python refuses to read numbers of many thousand digits.
        if len(value.lstrip(b"0")) > 20 or int(value) + delta > _MAX_U64:
            raise StoreError("the store failed: the sum does not fit into 64 bits")
        self._values[key] = b"%d" % (int(value) + delta)
        return int(value) + delta

    def list_keys(self, cursor: int | None) -> tuple[list[str], int | None]:
        if cursor is None:
            rest = sorted(self._values, key=str.encode)
        elif cursor in current.lists:
            rest = current.lists.pop(cursor)
        else:
            raise StoreError(f"the store failed: no list has the cursor {cursor}")
        if len(rest) <= PAGE:
            return rest, None
        current.last_cursor += 1
        current.lists[current.last_cursor] = rest[PAGE:]
        return rest[:PAGE], current.last_cursor


class Refusal(Exception):
    """What an exported function raises, where the real host would get the error of a result."""

    def __init__(self, message: str, ticks_to_skip: int | None = None) -> None:
        super().__init__(message)
        self.ticks_to_skip = ticks_to_skip


def declared(tasks: tuple[Task, ...]) -> list[Task]:
    """The tasks as the host wants them."""
    return list(tasks)


def init_failed(message: str) -> Exception:
    """The exception by which `init-host` fails."""
    return Refusal(message)


def trap(error: BaseException) -> NoReturn:
    """Where the real host would see a trap, a test sees the exception."""
    raise error


def run_failed(message: str, ticks_to_skip: int | None) -> Exception:
    """The exception by which `run-periodic-task` fails."""
    return Refusal(message, ticks_to_skip)
