"""How tasks are declared, and how a manager's own join those that it inherits (rules S5 and S6).

What a class declares is worked out once, when the class is made, and kept in a tuple of its own:
no class can change what another one has, and two managers of one class share no counters, for the
counters are the host's.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, TypeVar, overload

from .errors import DeclarationError, check_ticks
from .run import Skip

_MARK = "_tourbillon_task"
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}")

#: Methods with which a manager talks to its host; none of them can be a task.
RESERVED = frozenset({"init_host", "service_version", "service_config", "periodic_tasks", "run_task"})

_Method = TypeVar("_Method", bound=Callable[..., Skip | None])


@dataclass(frozen=True)
class Task:
    """One declared task of one manager class."""

    #: 1 to 64 of `a-z 0-9 . _ -`, starting with a letter; unique in its manager.
    name: str
    #: How many ticks are skipped between two runs: 0 runs on every tick, N on every (N+1)-th.
    ticks_between_runs: int
    #: Whether the first run is at the first tick; otherwise it is at tick N+1.
    run_immediately: bool
    #: One line for people; may be empty.
    summary: str
    #: The name of the method that runs.
    method: str = field(compare=False)
    #: Whether the method takes the run.
    takes_run: bool = field(compare=False, repr=False)


@dataclass(frozen=True)
class _Mark:
    """What `periodic_task` leaves on a function."""

    name: str
    ticks_between_runs: int
    run_immediately: bool
    summary: str


@overload
def periodic_task(method: _Method, /) -> _Method: ...


@overload
def periodic_task(
    *,
    ticks_between_runs: int = 0,
    run_immediately: bool = False,
    name: str | None = None,
    summary: str | None = None,
) -> Callable[[_Method], _Method]: ...


def periodic_task(
    method: Any = None,
    /,
    *,
    ticks_between_runs: int = 0,
    run_immediately: bool = False,
    name: str | None = None,
    summary: str | None = None,
) -> Any:
    """Makes a method a periodic task: `@periodic_task` or `@periodic_task(ticks_between_runs=3)`.

    - `ticks_between_runs`: how many ticks are skipped between two runs, 0 to 2**32 - 1. 0, the
      default, runs on every tick; N runs on every (N+1)-th.
    - `run_immediately`: the first run is at the first tick, and not at tick N+1.
    - `name`: 1 to 64 of `a-z 0-9 . _ -`, starting with a letter. By default the method's name.
    - `summary`: one line for people. By default the first line of the docstring.

    The method takes `self`, and the `Run` if it wants it. It returns `None` or a `Skip`, and fails
    with any exception; see `TaskError`. It stays an ordinary method: a child may call it through
    `super()`, and redefine it. A child that redefines it with `@periodic_task` replaces the
    declaration, in the parent's position; without, it keeps the declaration and runs its own.

    Raises `DeclarationError` if something of this cannot be.
    """
    if method is not None:
        return _marked(method, ticks_between_runs, run_immediately, name, summary)
    return lambda method: _marked(method, ticks_between_runs, run_immediately, name, summary)


def _marked(
    method: object,
    ticks_between_runs: int,
    run_immediately: bool,
    name: str | None,
    summary: str | None,
) -> FunctionType:
    if not isinstance(method, FunctionType):
        raise DeclarationError(
            f"@periodic_task goes onto a method, above other decorators, not onto {method!r}"
        )
    title = method.__name__ if name is None else name
    if not isinstance(title, str) or not _NAME.fullmatch(title):
        hint = "" if name is not None else ': give another one with name="…"'
        raise DeclarationError(
            f"{title!r} is no name of a task, which is 1 to 64 of a-z 0-9 . _ -,"
            f" starting with a letter{hint}"
        )
    try:
        check_ticks(ticks_between_runs, "ticks_between_runs")
    except (TypeError, ValueError) as error:
        raise DeclarationError(f"task {title}: {error}") from None
    if not isinstance(run_immediately, bool):
        raise DeclarationError(f"task {title}: run_immediately is True or False")
    if summary is None:
        lines = (method.__doc__ or "").strip().splitlines()
        summary = lines[0].strip() if lines else ""
    elif len(summary.splitlines()) > 1:
        raise DeclarationError(f"task {title}: the summary is more than one line")
    setattr(method, _MARK, _Mark(title, ticks_between_runs, run_immediately, summary))
    return method


def mark(value: object) -> _Mark | None:
    """What `periodic_task` left on this function, if it is one."""
    found = getattr(value, _MARK, None)
    return found if isinstance(found, _Mark) else None


class Body(dict[str, object]):
    """The body of a manager class while it is read: it notices when a task is defined twice."""

    def __setitem__(self, key: str, value: object) -> None:
        if key in self:
            found = mark(value) or mark(self[key])
            if found:
                raise DeclarationError(f"this manager declares the task {found.name} twice")
        super().__setitem__(key, value)


def collect(cls: type) -> tuple[Task, ...]:
    """The tasks of a class in the order in which they run: inherited first, then its own."""
    tasks = []
    for name in _names(cls):
        owner, attribute, found = _declared(cls, name)
        # Whatever the class has under this name today is what will run.
        method = getattr(cls, attribute)
        now = mark(method)
        if now is not None and now.name != name:
            raise DeclarationError(
                f"{cls.__qualname__}.{attribute} is the task {now.name}, but {owner.__qualname__}"
                f" declares it as the task {name}: keep the name, or take another method"
            )
        tasks.append(
            Task(
                name,
                found.ticks_between_runs,
                found.run_immediately,
                found.summary,
                attribute,
                _takes_run(f"{cls.__qualname__}.{attribute}", name, method),
            )
        )
    return tuple(tasks)


def _own(cls: type) -> dict[str, tuple[str, _Mark]]:
    """The tasks that stand in the body of this class itself: method and mark by name."""
    own: dict[str, tuple[str, _Mark]] = {}
    for attribute, value in vars(cls).items():
        found = mark(value)
        if found is None:
            continue
        if attribute in RESERVED:
            raise DeclarationError(f"{cls.__qualname__}.{attribute} cannot be a task")
        if found.name in own:
            raise DeclarationError(f"{cls.__qualname__} declares the task {found.name} twice")
        own[found.name] = (attribute, found)
    return own


def _names(cls: type) -> list[str]:
    """All names, inherited ones first; a name that is redefined keeps its place."""
    names: dict[str, None] = {}
    for base in cls.__bases__:
        names.update(dict.fromkeys(_names(base)))
    names.update(dict.fromkeys(_own(cls)))
    return list(names)


def _declared(cls: type, name: str) -> tuple[type, str, _Mark]:
    """Who declares the task, in the order in which Python looks for methods."""
    for owner in cls.__mro__:
        own = _own(owner)
        if name in own:
            return owner, *own[name]
    raise AssertionError(f"{name} was found in a base class and is gone")


def _takes_run(where: str, task: str, method: object) -> bool:
    """Whether the method wants the run; refuses what could never run."""
    if not callable(method):
        raise DeclarationError(f"{where} was the task {task} and is no method any more")
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
        raise DeclarationError(f"task {task}: {where} is async, and a manager has no event loop")
    if inspect.isgeneratorfunction(method):
        raise DeclarationError(f"task {task}: {where} has a yield and would never run")
    signature = inspect.signature(method)
    for arguments, takes_run in ((("self", "run"), True), (("self",), False)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return takes_run
    raise DeclarationError(f"task {task}: {where} takes self, and the run if it wants it")
