"""Makes a component of a manager: `python -m tourbillon.build`, in the project's directory.

It needs `componentize-py==0.25.0` beside Python (`pip install componentize-py==0.25.0`). Two steps:

1. componentize-py runs the module's imports, keeps the result with Python's interpreter, and cuts
   off Python's own system calls (`--stub-wasi`);
2. the imports of the component whose namespace is `host` are named `wasi`. componentize-py would
   have cut those off too, had they had that name before (see `wit/guest.wit`).

This module is no part of a component.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import _blame

_PREAMBLE = b"\0asm\x0d\x00\x01\x00"
_IMPORTS = 10
_CORE_MODULE, _VALUE, _TYPE = 0, 2, 3
_BEFORE, _AFTER = b"host:", b"wasi:"


def wit_directory() -> Path:
    """Where the WIT package is that componentize-py needs."""
    return Path(__file__).resolve().parent / "wit"


def rename_imports(component: bytes) -> bytes:
    """The component with its imports `host:…` named `wasi:…`. `ValueError` if it is no component."""
    if not component.startswith(_PREAMBLE):
        raise ValueError("this is no WebAssembly component")
    renamed = bytearray(component)
    at = len(_PREAMBLE)
    while at < len(component):
        section, size_at = component[at], at + 1
        size, start = _number(component, size_at)
        if section == _IMPORTS:
            for name_at in _import_names(component, start):
                if component.startswith(_BEFORE, name_at):
                    renamed[name_at : name_at + len(_BEFORE)] = _AFTER
        at = start + size
    return bytes(renamed)


def _import_names(component: bytes, at: int) -> list[int]:
    """Where the names of the imports of one section begin."""
    names = []
    count, at = _number(component, at)
    for _ in range(count):
        length, name_at = _number(component, at + 1)
        names.append(name_at)
        at = name_at + length
        kind, at = component[at], at + 1
        # One more byte, which for a type says whether it is another's (with an index) or new.
        new_type = kind == _TYPE and component[at] == 1
        if kind in (_CORE_MODULE, _VALUE, _TYPE):
            at += 1
        if not new_type:
            _, at = _number(component, at)
    return names


def _number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number in LEB128, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


class BuildError(Exception):
    """No component can be made; the text says why, the author's file and line first."""


def more_paths(directory: Path) -> list[str]:
    """The directories that files `*.pth` of this one name, one on each line, as for Python's `site`."""
    found = []
    for file in sorted(file for file in directory.glob("*.pth") if file.is_file()):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            name = line.strip()
            if not name or name.startswith("#"):
                continue
            path = directory / name
            if not path.is_dir():
                raise BuildError(f"{file}:{number}: there is no directory {name}")
            found.append(str(path))
    return found


def build(module: str, output: Path, paths: list[str]) -> None:
    """Makes a component of the manager in `module`, which is looked for in `paths`, last in the SDK."""
    fault = _blame.before(module, paths)
    if fault is not None:
        raise BuildError(fault)
    with tempfile.TemporaryDirectory() as directory:
        raw = Path(directory) / "raw.wasm"
        command = ["componentize-py", "-d", str(wit_directory()), "-w", "guest"]
        command += ["componentize", "--stub-wasi", "-o", str(raw)]
        for path in paths:
            command += ["-p", path]
        # The tool is a program in Rust: its own stack says nothing of a manager.
        quiet = {**os.environ, "RUST_BACKTRACE": "0"}
        # Outside of a virtual environment it would take whatever this machine's Python has installed.
        quiet.setdefault("VIRTUAL_ENV", directory)
        done = subprocess.run([*command, module], capture_output=True, env=quiet)
        said = done.stderr.decode("utf-8", "replace")
        lines = said.splitlines(keepends=True)
        said = "".join(line for line in lines if "site-packages directory not found" not in line)
        if done.returncode != 0:
            raise BuildError(_blame.after(said, module, paths))
        sys.stderr.write(said)
        output.write_bytes(rename_imports(raw.read_bytes()))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tourbillon.build", description=__doc__)
    parser.add_argument("module", help="the module that has `Lifecycle = export(…)`")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the component to write")
    parser.add_argument(
        "-p", "--path", action="append", default=None, help="where modules are looked for"
    )
    arguments = parser.parse_args()
    package = str(Path(__file__).resolve().parent.parent)
    try:
        own: list[str] = arguments.path or ["."]
        more = [path for directory in own for path in more_paths(Path(directory))]
        build(arguments.module, arguments.output, [*own, *more, package])
    except FileNotFoundError as error:
        print(f"error: {error.filename} is missing", file=sys.stderr)
        return 1
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
