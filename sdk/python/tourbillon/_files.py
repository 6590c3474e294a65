"""What asks the system for files and input, where there is no system: exceptions in place of traps.

Each function of `os` that reaches for files fails as `open` does, so that `os.path.exists` answers `False`, and
a library that looks for a file goes on without it. Knows no host, as `_clocks` does not.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable
from typing import Any, NoReturn

from ._exchange import exchange, once_live

#: Those of `os` that take a path or the number of an open file; a system may have fewer.
_OF_OS = """
    chdir chmod chown close closerange copy_file_range dup dup2 fchmod fdatasync fpathconf fstat fstatvfs fsync
    ftruncate futimens get_blocking lchown link listdir lseek lstat mkdir mkfifo mknod open pathconf pipe
    posix_fadvise posix_fallocate pread preadv pwrite pwritev read readinto readlink readv remove rename replace
    rmdir scandir sendfile set_blocking stat statvfs symlink sync truncate unlink utime write writev
""".split()


def refuse_files(live: Callable[[], bool]) -> None:
    """Lets all that reaches for files or input fail from the time on when there is a host."""
    if hasattr(builtins.open, "__wrapped__"):
        return
    instead: dict[Any, Any] = {getattr(os, name): _refuse for name in _OF_OS if hasattr(os, name)}
    instead |= {builtins.open: _refuse, io.open_code: _refuse}
    instead |= {os.access: _no, os.isatty: _no, builtins.input: _no_input}
    exchange({id(real): once_live(live, real, ours) for real, ours in instead.items()})


def _refuse(file: object = None, *_: object, **__: object) -> NoReturn:
    what = () if file is None else (os.fsdecode(file) if isinstance(file, bytes) else str(file),)
    raise OSError(errno.ENOSYS, "a manager has no files: keep data in the store", *what)


def _no(*_: object, **__: object) -> bool:
    return False


def _no_input(*_: object) -> NoReturn:
    raise EOFError("a manager has nobody to ask: let the operator set a key of the configuration")
