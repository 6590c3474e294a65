"""What is told of an exception: one line for the host, and a traceback for the log.

Python's `traceback` asks the file system for source lines, and a component has none: there the
lines are those that `_runtime` put into `linecache` when the component was made.
"""

from __future__ import annotations

import linecache
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType, TracebackType
from typing import TypeAlias

from .errors import TaskError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LIBRARY = os.path.dirname(os.path.dirname(logging.__file__)) + "/"
_PACKAGE = __name__.partition(".")[0]

#: The host cuts a message at 4 KiB; this leaves room for the place behind it.
_LONGEST = 3_000

#: So many frames of a traceback are told, with so many characters of each line.
_DEEPEST, _WIDEST = 40, 120

#: So many exceptions of a group are told, and of all groups of an error together; so many notes of each, and
#: so many characters of each of these.
_MEMBERS, _ALL_MEMBERS, _NOTES, _BRIEF = 3, 9, 5, 300

#: A frame, and the line at which it stands.
_Step: TypeAlias = tuple[FrameType, int]


def quoted(text: str) -> str:
    """The text in quotes, with what cannot be seen escaped as Rust's host escapes it."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
    parts = [escapes.get(c) or (c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text]
    return f'"{"".join(parts)}"'


def message(error: BaseException) -> str:
    """One line: the error and its causes, each with its type, and the author's file and line behind it.

    A `TaskError` speaks for itself and has neither; the log has its place.
    """
    told: list[str] = []
    said = ""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        text = _one_line(_name(now) + _members_in_line(now))
        # Some errors already repeat their cause at their end; twice helps nobody.
        if not told or not said.endswith(text):
            told.append(_with_place(text, now))
            said = text
        now = now.__cause__
    return ": ".join(told)


def _with_place(text: str, error: BaseException) -> str:
    if isinstance(error, TaskError):
        return text
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    at = _place(error.__traceback__)
    return f"{text} ({at})" if at else text


def describe(error: BaseException) -> str:
    """The traceback with the causes, several lines, without the frames of this package."""
    return "\n".join(_described(error, set(), [_ALL_MEMBERS]))


def _described(error: BaseException, seen: set[int], left: list[int]) -> Iterator[str]:
    """The lines of `describe`; `left` counts the members of groups that may yet be told."""
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield _name(now, always=True)
        yield from _notes(now)
        yield from _told(_authors(_steps(now.__traceback__)))
        yield from _members_below(now, seen, left)
        if now.__cause__ is not None:
            now = now.__cause__
            yield "caused by"
        elif now.__context__ is not None and not now.__suppress_context__:
            now = now.__context__
            yield "while handling"
        else:
            now = None


def _members_below(error: BaseException, seen: set[int], left: list[int]) -> Iterator[str]:
    members = _members(error)
    for told, member in enumerate(members):
        if told == _MEMBERS or not left[0]:
            yield f"  … {len(members) - told} more"
            return
        left[0] -= 1
        yield from (f"  | {line}" for line in _described(member, seen, left))


def _members_in_line(error: BaseException) -> str:
    """The first exceptions of a group, for a message; empty for any other exception."""
    members = _members(error)
    told = [_brief(_name(member)) for member in members[:_MEMBERS]]
    if len(members) > _MEMBERS:
        told.append(f"{len(members) - _MEMBERS} more")
    return f": {'; '.join(told)}" if told else ""


def _members(error: BaseException) -> tuple[BaseException, ...]:
    """The exceptions of a group; there are none before Python 3.11."""
    if sys.version_info >= (3, 11) and isinstance(error, BaseExceptionGroup):
        return error.exceptions
    return ()


def _notes(error: BaseException) -> Iterator[str]:
    """What was added to an exception by `add_note`."""
    notes = getattr(error, "__notes__", ())
    for note in notes[:_NOTES]:
        yield f"  note: {_brief(str(note))}"
    if len(notes) > _NOTES:
        yield f"  … {len(notes) - _NOTES} notes more"


def _brief(text: str) -> str:
    return text if len(text) <= _BRIEF else text[:_BRIEF] + "…"


def describe_stack() -> str:
    """Who called, from the outside in, several lines, without the frames of this package."""
    steps: list[_Step] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        steps.append((frame, frame.f_lineno))
        frame = frame.f_back
    return "\n".join(_told(_authors(reversed(steps))))


def place(error: BaseException) -> str:
    """The author's file and line where an error came up; without one, that it is not known."""
    return _place(error.__traceback__) or "a place unknown"


def worth_a_traceback(error: BaseException) -> bool:
    """Whether the log should have it: all but what an author said on purpose and knows."""
    return not isinstance(error, TaskError) or error.__cause__ is not None


def own_source(module_file: str) -> bool:
    """Whether this is a file of the author's, and not of Python or of this package."""
    return not module_file.startswith((_LIBRARY, "<", os.path.dirname(__file__) + "/")) or (
        "site-packages" in module_file
    )


def _name(error: BaseException, *, always: bool = False) -> str:
    """Type and text; a `TaskError` is made for people and needs no type, which the log has `always`."""
    text = str(error)
    if isinstance(error, TaskError) and text and not always:
        return text
    kind = type(error).__qualname__
    return f"{kind}: {text}" if text else kind


def _one_line(text: str) -> str:
    """Line breaks and other control characters become spaces: the message is one line of a log."""
    return _CONTROL.sub(" ", text).strip().encode("utf-8", "replace").decode()


def _steps(traceback: TracebackType | None) -> Iterator[_Step]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _authors(steps: Iterable[_Step]) -> list[_Step]:
    """All frames but those of this package."""
    package = f"{_PACKAGE}."
    return [s for s in steps if not str(s[0].f_globals.get("__name__")).startswith(package)]


def _place(traceback: TracebackType | None) -> str:
    """File and line of the innermost frame that the author wrote."""
    for frame, line in reversed(_authors(_steps(traceback))):
        if own_source(frame.f_code.co_filename):
            return f"{_short(frame.f_code.co_filename)}:{line}"
    return ""


def _told(steps: Iterable[_Step]) -> list[str]:
    """A line for each frame; recursion is counted, and the middle of what is very deep left out."""
    counted: list[tuple[CodeType, int, int]] = []
    for frame, line in steps:
        if counted and counted[-1][:2] == (frame.f_code, line):
            counted[-1] = (frame.f_code, line, counted[-1][2] + 1)
        else:
            counted.append((frame.f_code, line, 1))
    left_out = len(counted) - _DEEPEST
    if left_out > 0:
        counted[_DEEPEST // 2 : _DEEPEST // 2 + left_out] = []
    told = []
    for code, line, times in counted:
        source = linecache.getline(code.co_filename, line).strip()
        if len(source) > _WIDEST:
            source = source[:_WIDEST] + "…"
        text = f"  {_short(code.co_filename)}:{line} in {code.co_name}"
        told.append(f"{text}: {source}" if source else text)
        if times > 1:
            told.append(f"  … {times - 1} times more")
    if left_out > 0:
        told.insert(len(told) // 2, f"  … {left_out} more")
    return told


def _short(file: str) -> str:
    """The file's name from where Python looks for modules, which is how an author knows it."""
    roots = [os.path.join(root, "") for root in sys.path if root and file.startswith(root + "/")]
    return file[len(max(roots, key=len)) :] if roots else file
