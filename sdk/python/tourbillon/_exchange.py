"""Puts one thing in the place of another, wherever a module has it under a name.

This looks at every name of every module, which is too much for a run: it is done once, when the component is
made, and what is put there asks whether there is a host yet.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any


def exchange(instead: Mapping[int, Any], *, but: str = "") -> None:
    """Exchanges each thing, known by its `id`, in all modules that are there but one."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and module.__name__ != but:
            for name, value in list(vars(module).items()):
                new = instead.get(id(value))
                if new is not None:
                    setattr(module, name, new)


def once_live(live: Callable[[], bool], real: Any, ours: Any) -> Any:
    """A function that is `real` until there is a host, and `ours` from then on."""

    @functools.wraps(real)
    def asked(*arguments: Any, **named: Any) -> Any:
        return (ours if live() else real)(*arguments, **named)

    return asked
