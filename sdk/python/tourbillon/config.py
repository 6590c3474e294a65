"""The manager's configuration, through `wasi:config`.

Strings under string keys, set by the operator under `[manager.NAME] config = { … }`. A missing key
is `None` (or the default that was given) and no error; a value that cannot be read as what was
asked for is a `ConfigError` that names the key and the value.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, overload

from . import _host
from ._report import quoted
from .errors import ConfigError

T = TypeVar("T")
D = TypeVar("D")

_MAX_U64 = 2**64 - 1
_DIGITS = "0123456789"
_MILLIS = {
    "ms": 1,
    "": 1_000,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}


@overload
def get(key: str) -> str | None: ...


@overload
def get(key: str, default: D) -> str | D: ...


def get(key: str, default: D | None = None) -> str | D | None:
    """The value under `key`, or `default`. Raises `ConfigError` if the host cannot read."""
    value = _host.config_get(key)
    return default if value is None else value


def get_all() -> dict[str, str]:
    """Every key and value. Raises `ConfigError` if the host cannot read."""
    return dict(_host.config_all())


@overload
def parse(key: str, read: Callable[[str], T]) -> T | None: ...


@overload
def parse(key: str, read: Callable[[str], T], default: D) -> T | D: ...


def parse(key: str, read: Callable[[str], T], default: D | None = None) -> T | D | None:
    """The value under `key` as `read` makes it of the text without the white space around it.

    Raises `ConfigError` if `read` raises `ValueError`, with its text, and as `get` does.
    """
    value = _host.config_get(key)
    if value is None:
        return default
    try:
        return read(value.strip())
    except ValueError as error:
        raise ConfigError(f"config {key} = {quoted(value)}: {error}") from None


@overload
def integer(key: str, *, minimum: int = 0, maximum: int = _MAX_U64) -> int | None: ...


@overload
def integer(key: str, default: int, *, minimum: int = 0, maximum: int = _MAX_U64) -> int: ...


def integer(
    key: str, default: int | None = None, *, minimum: int = 0, maximum: int = _MAX_U64
) -> int | None:
    """The value under `key` as a whole number from `minimum` to `maximum`, or `default`.

    Raises `ConfigError` if it is none: decimal digits, with a sign before them if need be.
    """
    return parse(key, lambda text: _integer(text, minimum, maximum), default)


@overload
def boolean(key: str) -> bool | None: ...


@overload
def boolean(key: str, default: bool) -> bool: ...


def boolean(key: str, default: bool | None = None) -> bool | None:
    """The value under `key`, `true` or `false`, or `default`. Raises `ConfigError` if it is neither."""
    return parse(key, _boolean, default)


@overload
def duration(key: str) -> timedelta | None: ...


@overload
def duration(key: str, default: timedelta) -> timedelta: ...


def duration(key: str, default: timedelta | None = None) -> timedelta | None:
    """The value under `key` as a length of time, or `default`.

    That is a whole number with one of the units `ms`, `s`, `m`, `h`, `d`, `w`, like `7d`, `90s` or
    `500ms`; without a unit it counts seconds. Raises `ConfigError` if it is none.
    """
    return parse(key, _duration, default)


def _integer(text: str, minimum: int, maximum: int) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    # Python refuses to read numbers of many thousand digits.
    if digits and not digits.strip(_DIGITS) and len(digits.lstrip("0")) <= 40:
        number = int(text)
        if minimum <= number <= maximum:
            return number
    raise ValueError(f"expected a whole number from {minimum} to {maximum}")


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("expected true or false")
    return text == "true"


def _duration(text: str) -> timedelta:
    unit = text.lstrip(_DIGITS)
    digits = text[: len(text) - len(unit)]
    millis = _MILLIS.get(unit.lstrip())
    if millis is None:
        raise ValueError(f"unknown unit {quoted(unit.lstrip())}: use ms, s, m, h, d or w")
    if not digits or len(digits.lstrip("0")) > 20 or int(digits) > _MAX_U64:
        raise ValueError("expected a whole number and a unit, like 7d, 90s or 500ms")
    total = int(digits) * millis
    try:
        return timedelta(milliseconds=total)
    except OverflowError:
        raise ValueError("longer than can be counted") from None
