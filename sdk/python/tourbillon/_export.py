"""What makes a manager the thing that its component exports."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from . import _host
from ._engine import Failure, Instance
from .errors import DeclarationError
from .manager import Manager
from .run import Run

if sys.platform == "wasi":
    from . import _runtime


class Exports:
    """The five functions of the interface `lifecycle`, for one manager."""

    def __init__(self, manager: type[Manager]) -> None:
        self._tasks = manager.periodic_tasks()
        self._instance = Instance(manager)

    def init_host(self, host: str) -> None:
        """Prepares a new instance."""
        with _entered():
            failure = self._instance.init_host(host)
        if failure is not None:
            raise _host.init_failed(failure.message)

    def periodic_tasks(self) -> list[Any]:
        """The manager's tasks in the order in which they run."""
        # No instance: what is declared is constant, and the store is refused at this time.
        return _host.declared(self._tasks)

    def run_periodic_task(self, run: Any) -> int | None:
        """Runs one task; a number asks to skip so many ticks."""
        with _entered():
            outcome = self._instance.run(Run(run.id, run.task, run.tick, run.scheduled_at_ms))
        if isinstance(outcome, Failure):
            raise _host.run_failed(outcome.message, outcome.ticks_to_skip)
        return outcome

    def service_version(self) -> str:
        """The version of the service, for people."""
        with _entered():
            return self._instance.service_version()

    def service_config(self) -> list[tuple[str, str]]:
        """The configuration that the service runs with, for people."""
        with _entered():
            return self._instance.service_config()


def export(manager: type[Manager]) -> Callable[[], Exports]:
    """Makes a manager what its component exports. The result must be named `Lifecycle`:

        Lifecycle = export(Janitor)

    That stands once, in the module that the component is made of, which is named in
    `[tool.tourbillon] module` of `pyproject.toml`. The class is called without arguments.
    """
    if not (isinstance(manager, type) and issubclass(manager, Manager)):
        raise DeclarationError(f"export takes a class that inherits from Manager, not {manager!r}")
    # componentize-py asks once for each of the five functions; all of them share one instance.
    exports = Exports(manager)
    if sys.platform == "wasi":
        _runtime.prepare()
    return lambda: exports


class _entered:
    """Around every entry into the component; it has something to do only in one."""

    def __enter__(self) -> None:
        if sys.platform == "wasi":
            _runtime.go_live()

    def __exit__(self, *_: object) -> None:
        if sys.platform == "wasi":
            _runtime.flush()
