"""What an author reads when no component can be made: the own file and line first, no frame of a tool.

`before` looks at the module's source and finds what needs no interpreter of a component; `after`
reads what componentize-py said. Neither runs the author's code, and neither is part of a component.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

#: The Python of a component. An older one, on the machine that builds, may not know its syntax.
GUEST = (3, 14)

_FRAME = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+)(?:, in .*)?')
#: componentize-py gives each of the directories that it looks into a number, in their order.
_MOUNT = re.compile(r"/(\d+)/(.+)")
_CHAIN = re.compile(
    r"\n(?:(The above exception was the direct cause)|During handling of the above exception)[^\n]*:\n"
)
_STUB = re.compile(r"called trapping stub: (\S+)")
_TRACEBACK = "Traceback (most recent call last):\n"

_NAMED = "`[tool.tourbillon] module` of pyproject.toml says which module is the manager"


def before(module: str, paths: list[str]) -> str | None:
    """What is wrong with the module that is to be the manager, as far as its source tells."""
    file = _file(module, paths)
    if file is None:
        return _missing(module, paths)
    source, shown = file.read_bytes(), _shown(file)
    try:
        tree = ast.parse(source, shown)
    except (SyntaxError, ValueError) as error:
        # What this Python cannot read, the component's may.
        return _syntax(error, shown) if sys.version_info >= GUEST else None
    if b"Lifecycle" not in source and not _imports_all(tree):
        return f"{shown} exports no manager: {_line_wanted(tree)}"
    for statement in tree.body:
        at = f"{shown}:{statement.lineno}"
        if isinstance(statement, ast.ClassDef) and statement.name == "Lifecycle":
            wanted = "the build wants `Lifecycle = export(…)`"
            return f"{at}: the class must have another name: {wanted}"
        if _binds_a_class(statement, tree):
            return f"{at}: Lifecycle is the class itself: {_line_wanted(tree)}"
    return None


def after(said: str, module: str, paths: list[str]) -> str:
    """The same of what componentize-py said when it failed. The last of `paths` is where the SDK is."""
    stub = _STUB.search(said)
    if stub is not None:
        return (
            f"{module} calls the host while it is imported, and there is none before the component is"
            f" made: call it in init_host or in a task\n  it was {stub[1].replace('host:', 'wasi:', 1)}"
        )
    told = said.partition("\nAssertionError: ")[2] or said
    told = told.split("\nStack backtrace:")[0].strip("\n")
    # The causes say the same once more, unless they say all.
    told = told.split("\nCaused by:")[0].strip("\n") or told
    if f"module '{module}' has no attribute 'Lifecycle'" in told:
        file = _file(module, paths)
        shown = module if file is None else _shown(file)
        return f"{shown} exports no manager: its last line must be `Lifecycle = export(…)`"
    if told.endswith(f"ModuleNotFoundError: No module named '{module}'"):
        return _missing(module, paths) or told
    blocks = list(_blocks(told, paths))
    if not blocks or not any(block.places for block in blocks):
        return told
    return "\n".join(text for block in reversed(blocks) for text in block.lines())


class _Block:
    """One exception, and where it came up: the innermost place last."""

    def __init__(self, told: str, relation: str, paths: list[str]) -> None:
        self.relation = relation
        self.places: list[tuple[str, int]] = []
        #: What a syntax error shows of its line.
        self.excerpt: list[str] = []
        lines = told.removeprefix(_TRACEBACK).split("\n")
        at = 0
        while at < len(lines) and lines[at].startswith(("  ", "Traceback ")):
            frame = _FRAME.fullmatch(lines[at])
            if frame is None:
                self.excerpt.append(lines[at])
            else:
                self.excerpt = []
                place = _place(frame["file"], paths)
                if place is not None:
                    self.places.append((place, int(frame["line"])))
            at += 1
        kind, colon, text = "\n".join(lines[at:]).partition(":")
        #: Its last name, without the module where it stands, as in a message of a run.
        self.error = f"{kind.rpartition('.')[2]}{colon}{text}"

    def lines(self) -> Iterator[str]:
        *outer, (file, line) = self.places or [("", 0)]
        place = f"{file}:{line}: " if file else ""
        yield f"{self.relation}{place}{self.error}"
        if self.error.startswith(("SyntaxError", "IndentationError", "TabError")):
            yield from self.excerpt
        elif source := _source(file, line):
            yield f"    {source}"
        if self.error.startswith("ModuleNotFoundError"):
            yield "  a module is looked for in the project, and in an active virtual environment"
        for file, line in reversed(outer):
            source = _source(file, line)
            yield f"  from {file}:{line}" + (f": {source}" if source else "")


def _blocks(told: str, paths: list[str]) -> Iterator[_Block]:
    """The exceptions of a traceback: each comes before the one that it led to."""
    texts = _CHAIN.split(told)
    for i in range(0, len(texts), 2):
        last = i + 1 >= len(texts)
        relation = "" if last else "caused by " if texts[i + 1] else "while handling "
        yield _Block(texts[i].strip("\n"), relation, paths)


def _place(file: str, paths: list[str]) -> str | None:
    """The author's name of a file in a component; `None` if he did not write it."""
    mount = _MOUNT.fullmatch(file)
    if mount is None or int(mount[1]) >= len(paths):
        return None
    number, rest = int(mount[1]), mount[2]
    if number == len(paths) - 1 and rest.startswith(f"{__name__.partition('.')[0]}/"):
        return None
    return _shown(Path(paths[number], rest))


def _file(module: str, paths: list[str]) -> Path | None:
    """The source of a module in one of these directories."""
    inner = Path(*module.split("."))
    for path in paths:
        for file in (Path(path, inner).with_suffix(".py"), Path(path, inner, "__init__.py")):
            if file.is_file():
                return file
    return None


def _missing(module: str, paths: list[str]) -> str | None:
    """That the module is nowhere, and what is there instead."""
    if PathFinder.find_spec(module.partition(".")[0], [*paths[:-1], *sys.path]) is not None:
        # Installed, or a package without an `__init__.py`.
        return None
    name = module.replace(".", "/")
    there = sorted(file.stem for path in paths[:-1] for file in Path(path).glob("*.py"))
    hint = f'; module = "{there[0]}" is {there[0]}.py' if len(there) == 1 else ""
    files = f", where there is {', '.join(f'{stem}.py' for stem in there)}" if there else ""
    return f"there is no {name}.py in the project{files}: {_NAMED}{hint}"


def _syntax(error: SyntaxError | ValueError, shown: str) -> str:
    if isinstance(error, ValueError) or error.lineno is None:
        return f"{shown}: SyntaxError: {error}"
    told = [f"{shown}:{error.lineno}: {type(error).__name__}: {error.msg}"]
    if error.text:
        source = error.text.rstrip("\n")
        told.append(f"    {source.lstrip()}")
        column = (error.offset or 0) - 1 - (len(source) - len(source.lstrip()))
        if column >= 0:
            told.append(f"    {' ' * column}^")
    return "\n".join(told)


def _line_wanted(tree: ast.Module) -> str:
    classes = [statement.name for statement in tree.body if isinstance(statement, ast.ClassDef)]
    return f"its last line must be `Lifecycle = export({classes[-1] if classes else '…'})`"


def _imports_all(tree: ast.Module) -> bool:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(alias.name == "*" for node in imports for alias in node.names)


def _binds_a_class(statement: ast.stmt, tree: ast.Module) -> bool:
    """Whether this gives a class of the module the name `Lifecycle`."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Name):
        return False
    names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
    classes = {it.name for it in tree.body if isinstance(it, ast.ClassDef)}
    return "Lifecycle" in names and statement.value.id in classes


def _source(file: str, line: int) -> str:
    """A line of a file, if it is there."""
    try:
        return Path(file).read_text("utf-8", "replace").splitlines()[line - 1].strip()
    except (OSError, IndexError):
        return ""


def _shown(file: Path) -> str:
    """A file's name from here, which is the project's directory."""
    return Path(os.path.relpath(file)).as_posix()
