"""Write managers of periodic tasks for the Tourbillon runtime, in Python.

A manager is a WebAssembly component. The host counts ticks, decides when a task is due, limits what
it may use, and keeps its state.

    from tourbillon import Bucket, Manager, export, log, periodic_task

    class Janitor(Manager):
        def init_host(self, host):
            log.info("cleaning on %s", host)

        @periodic_task(ticks_between_runs=3, run_immediately=True)
        def sweep(self, run):
            \"\"\"Removes what is too old.\"\"\"
            Bucket.own().increment("sweeps")

    Lifecycle = export(Janitor)
"""

from __future__ import annotations

from . import config, context, log
from ._export import export
from .errors import (
    AccessDenied,
    ConfigError,
    DeclarationError,
    InvalidValue,
    NoSuchStore,
    QuotaExceeded,
    StoreError,
    TaskError,
    TourbillonError,
)
from .manager import Manager, ManagerMeta
from .run import Run, Skip
from .store import Bucket
from .tasks import Task, periodic_task

__version__ = "0.1.0"

__all__ = [
    "AccessDenied",
    "Bucket",
    "ConfigError",
    "DeclarationError",
    "InvalidValue",
    "Manager",
    "ManagerMeta",
    "NoSuchStore",
    "QuotaExceeded",
    "Run",
    "Skip",
    "StoreError",
    "Task",
    "TaskError",
    "TourbillonError",
    "config",
    "context",
    "export",
    "log",
    "periodic_task",
]
