"""The manager's durable state, through `wasi:keyvalue`: bytes under string keys, in buckets.

What a run writes is kept only if the run succeeds, all of it at once; a run reads its own writes.
Values and keys count against the manager's quota. Every operation can raise `StoreError`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import _host
from ._report import quoted
from .errors import InvalidValue

_MAX_U64 = 2**64 - 1


class Bucket:
    """An open bucket. Opening is one call to the host; it is good as long as its instance."""

    def __init__(self, handle: _host.Bucket) -> None:
        """For `own` and `open`, which are the ways to get one."""
        self._handle = handle

    @classmethod
    def own(cls) -> Bucket:
        """The manager's own bucket. `AccessDenied` while tasks are being declared."""
        return cls(_host.Bucket("default"))

    @classmethod
    def open(cls, name: str) -> Bucket:
        """A bucket that the operator granted under this name. `NoSuchStore` if none is."""
        return cls(_host.Bucket(name))

    def get(self, key: str) -> bytes | None:
        """The value under `key`, or `None`."""
        return self._handle.get(key)

    def get_text(self, key: str) -> str | None:
        """The value under `key` as text, or `None`. `InvalidValue` if it is not UTF-8."""
        value = self._handle.get(key)
        try:
            return None if value is None else value.decode()
        except UnicodeDecodeError:
            raise InvalidValue(f"value of key {quoted(key)}: not UTF-8") from None

    def get_number(self, key: str) -> int | None:
        """The number under `key`, as `increment` keeps it, or `None`. `InvalidValue` if it is none."""
        value = self._handle.get(key)
        if value is None:
            return None
        # Python refuses to read numbers of many thousand digits.
        if value.isdigit() and len(value.lstrip(b"0")) <= 20 and int(value) <= _MAX_U64:
            return int(value)
        expected = f"expected a whole number from 0 to {_MAX_U64}"
        raise InvalidValue(f"value of key {quoted(key)}: {expected}")

    def get_json(self, key: str, default: Any = None) -> Any:
        """The value under `key` read as JSON, or `default`. `InvalidValue` if it is no JSON."""
        value = self._handle.get(key)
        try:
            return default if value is None else json.loads(value)
        except ValueError as error:
            raise InvalidValue(f"value of key {quoted(key)}: {error}") from None

    def set(self, key: str, value: bytes | bytearray | memoryview | str) -> None:
        """Puts `value` under `key`, in place of what was there; text as UTF-8.

        `QuotaExceeded` if it would be more bytes or keys than granted; `TypeError` for
        anything else: of a number `bytes` would make as many zeros.
        """
        if isinstance(value, str):
            value = value.encode()
        elif not isinstance(value, (bytes, bytearray, memoryview)):
            kind = type(value).__name__
            raise TypeError(f"a value is text or bytes, not {kind}: set_json keeps others")
        self._handle.set(key, bytes(value))

    def set_json(self, key: str, value: Any) -> None:
        """Puts `value` under `key` as JSON, without spaces.

        As `set`, and `InvalidValue` if the value cannot be written as JSON.
        """
        try:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InvalidValue(f"value of key {quoted(key)}: {error}") from None
        self.set(key, text)

    def delete(self, key: str) -> None:
        """Removes `key`; that there was none is no error."""
        self._handle.delete(key)

    def exists(self, key: str) -> bool:
        """Whether there is a value under `key`."""
        return self._handle.exists(key)

    def increment(self, key: str, delta: int = 1) -> int:
        """Adds `delta` (0 to 2**64 - 1) to the number under `key` and returns the sum.

        The number starts at 0 and is kept as decimal text. `StoreError` if the value is no number,
        or the sum too large.
        """
        if not 0 <= delta <= _MAX_U64:
            raise ValueError(f"delta must be from 0 to {_MAX_U64}, not {delta}")
        return self._handle.increment(key, delta)

    def list_keys(self, cursor: int | None = None) -> tuple[list[str], int | None]:
        """One page of keys, at most 1,000, and the cursor of the next page if there is one."""
        return self._handle.list_keys(cursor)

    def keys(self) -> Iterator[str]:
        """All keys in the order of their bytes, asked for page by page as the iterator advances.

        The list is the one that stood when the first page was asked for: deleting while listing
        skips none.
        """
        page, cursor = self._handle.list_keys(None)
        yield from page
        while cursor is not None:
            page, cursor = self._handle.list_keys(cursor)
            yield from page
