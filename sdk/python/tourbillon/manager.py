"""The base class of every manager, and its metaclass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._report import quoted
from .errors import TaskError
from .run import Run, Skip
from .tasks import Body, Task, collect


class ManagerMeta(type):
    """Works out the tasks of a manager class when the class is made."""

    _tasks: tuple[Task, ...]

    @classmethod
    def __prepare__(metacls, name: str, bases: tuple[type, ...], /, **kwargs: Any) -> Body:
        return Body()

    def __new__(
        metacls, name: str, bases: tuple[type, ...], body: dict[str, Any], /, **kwargs: Any
    ) -> ManagerMeta:
        cls = super().__new__(metacls, name, bases, dict(body), **kwargs)
        cls._tasks = collect(cls)
        return cls

    def periodic_tasks(cls) -> tuple[Task, ...]:
        """The tasks of this manager, in the order in which they run on a tick."""
        return cls._tasks


class Manager(metaclass=ManagerMeta):
    """A manager of periodic tasks, as OpenStack's `Manager` is: inherit from it.

    The host may drop an instance at any time and make another one: attributes are a cache, and
    what must last belongs into the store (`tourbillon.Bucket`). `__init__` is called without
    arguments, before `init_host`, once for an instance, and needs not call this class's.
    """

    def init_host(self, host: str) -> None:
        """Prepares this instance on the host of this name; called before its first run.

        What it stores is kept if it returns. If it raises, the manager is *not ready*, and the
        host tries again on a later tick. Does nothing by default.
        """

    def service_version(self) -> str:
        """The version of the service, for people. Empty by default."""
        return ""

    def service_config(self) -> Mapping[str, str] | Iterable[tuple[str, str]]:
        """The configuration that the service runs with, for people: names and values.

        Never put a secret here. Empty by default.
        """
        return ()

    def run_task(self, run: Run) -> Skip | None:
        """Runs the task that `run` names, as the host does.

        Raises what the task raises, and `TaskError` if there is no such task or if it returned
        something else than `None` or a `Skip`.
        """
        for task in type(self).periodic_tasks():
            if task.name == run.task:
                break
        else:
            # What there is instead is told, for the name may be a slip of the pen.
            has = ", ".join(task.name for task in type(self).periodic_tasks()) or "none"
            raise TaskError(f"this manager has no task {quoted(run.task)}; it has: {has}")
        method = getattr(self, task.method)
        returned = method(run) if task.takes_run else method()
        if returned is None or isinstance(returned, Skip):
            return returned
        raise TaskError(
            f"the task {run.task} returned {returned!r:.100}: return None, or Skip(n) to skip n ticks"
        )
