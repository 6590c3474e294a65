"""The host behind the imports of a component. Types are translated here, and nothing is decided.

componentize-py makes the package `wit_world` of the WIT package that lies beside this module, when a
component is made; elsewhere it is not there.
"""

from __future__ import annotations

import os
from typing import NoReturn

from componentize_py_types import Err
from wit_world.imports import (
    atomics,
    context,
    host_config_store as raw_config,
    host_keyvalue_store as raw_store,
    logging as raw_log,
    types,
)

from ._report import quoted
from .errors import AccessDenied, ConfigError, NoSuchStore, QuotaExceeded, StoreError
from .tasks import Task

_LEVELS = list(raw_log.Level)

#: Whether there is a host: `_runtime` says so at the first entry. Before, a call of it is a trap.
live = False

#: Python's own: `_runtime` puts one that logs in its place.
_abort = os.abort


def _need_host() -> None:
    if not live:
        raise RuntimeError(
            "there is no host before the component is made: call it in init_host or in a task"
        )


def log(level: int, context: str, message: str) -> None:
    _need_host()
    # Half a surrogate pair is no text that could be handed over.
    raw_log.log(_LEVELS[level], *(t.encode("utf-8", "replace").decode() for t in (context, message)))


def config_get(key: str) -> str | None:
    _need_host()
    try:
        return raw_config.get(key)
    except Err as error:
        _config_error(error)


def config_all() -> list[tuple[str, str]]:
    _need_host()
    try:
        return raw_config.get_all()
    except Err as error:
        _config_error(error)


def context_text(what: str) -> str:
    _need_host()
    answer: str = getattr(context, what)()
    return answer


def context_number(what: str) -> int:
    _need_host()
    answer: int = getattr(context, what)()
    return answer


class Bucket:
    """An open bucket of the host."""

    def __init__(self, name: str) -> None:
        _need_host()
        try:
            self._raw = raw_store.open(name)
        except Err as error:
            _store_error(error, name)

    def get(self, key: str) -> bytes | None:
        try:
            return self._raw.get(key)
        except Err as error:
            _store_error(error)

    def set(self, key: str, value: bytes) -> None:
        try:
            self._raw.set(key, value)
        except Err as error:
            _store_error(error)

    def delete(self, key: str) -> None:
        try:
            self._raw.delete(key)
        except Err as error:
            _store_error(error)

    def exists(self, key: str) -> bool:
        try:
            return self._raw.exists(key)
        except Err as error:
            _store_error(error)

    def increment(self, key: str, delta: int) -> int:
        try:
            return atomics.increment(self._raw, key, delta)
        except Err as error:
            _store_error(error)

    def list_keys(self, cursor: int | None) -> tuple[list[str], int | None]:
        try:
            page = self._raw.list_keys(cursor)
        except Err as error:
            _store_error(error)
        return page.keys, page.cursor


def declared(tasks: tuple[Task, ...]) -> list[types.Task]:
    """The tasks as the host wants them."""
    return [types.Task(t.name, t.ticks_between_runs, t.run_immediately, t.summary) for t in tasks]


def init_failed(message: str) -> Exception:
    """The exception by which `init-host` fails."""
    return Err(message)


def run_failed(message: str, ticks_to_skip: int | None) -> Exception:
    """The exception by which `run-periodic-task` fails."""
    return Err(types.TaskError(message, ticks_to_skip))


def trap(_: BaseException) -> NoReturn:
    """Ends the instance, after whatever was to be said was logged."""
    _abort()


def _config_error(error: Err[raw_config.Error]) -> NoReturn:
    raise ConfigError(f"the host cannot read its configuration: {error.value.value}") from None


def _store_error(error: Err[raw_store.Error], name: str = "") -> NoReturn:
    reason = error.value
    if isinstance(reason, raw_store.Error_NoSuchStore):
        raise NoSuchStore(f"no bucket {quoted(name)} is granted to this manager") from None
    if isinstance(reason, raw_store.Error_AccessDenied):
        raise AccessDenied("the host denies access to the bucket") from None
    limit = reason.value.removeprefix("quota: ")
    if limit != reason.value:
        raise QuotaExceeded(f"over the bucket's quota: {limit}") from None
    raise StoreError(f"the store failed: {reason.value}") from None
