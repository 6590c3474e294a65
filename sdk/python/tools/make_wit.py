#!/usr/bin/env python3
"""Writes `tourbillon/wit` from the repository's `wit`: `python3 tools/make_wit.py`.

componentize-py takes interfaces of the namespace `wasi` for those of Python's own runtime and cuts
them off with the runtime's (`--stub-wasi`). So the SDK's copy of the WIT package calls that
namespace `host` while a component is made, and `tourbillon.build` names it `wasi` again in the end.
Both names have four letters, which is why that is a replacement in place.

The test `test_build` calls `files` and fails when the copy is not current.
"""

from pathlib import Path

SDK = Path(__file__).resolve().parent.parent
REPOSITORY = SDK.parent.parent
COPY = SDK / "tourbillon" / "wit"

#: The packages that the SDK uses; the others belong to Python's runtime, which is cut off.
PACKAGES = ("clocks", "config", "io", "keyvalue", "logging", "random")

WORLD = """\
// Written by tools/make_wit.py from the WIT package of Tourbillon: change it there.
package tourbillon:python@0.1.0;

/// A manager in Python. The namespace `host` stands for `wasi`, see `tourbillon.build`.
world guest {
  import tourbillon:manager/context@0.1.0;
  import host:logging/logging@0.1.0-draft;
  import host:config/store@0.2.0-rc.1;
  import host:keyvalue/store@0.2.0-draft;
  import host:keyvalue/atomics@0.2.0-draft;
  import host:clocks/wall-clock@0.2.12;
  import host:clocks/monotonic-clock@0.2.12;
  import host:random/random@0.2.12;
  export tourbillon:manager/lifecycle@0.1.0;
}
"""


def files(original: Path) -> dict[str, str]:
    """The copy's files, by their path in it, made from the WIT package in `original`."""
    manager = (original / "manager.wit").read_text("utf-8")
    interfaces, found, _ = manager.partition("/// A manager: a component that exports")
    if not found:
        raise SystemExit("manager.wit: the world's comment is not where it was")
    copy = {"guest.wit": WORLD, "deps/manager/manager.wit": interfaces.rstrip() + "\n"}
    for package in PACKAGES:
        for path in sorted((original / "deps" / package).glob("*.wit")):
            text = path.read_text("utf-8").replace("wasi:", "host:")
            copy[f"deps/{package}/{path.name}"] = text
    return copy


def main() -> None:
    """Writes the copy, and removes what no longer belongs to it."""
    wanted = files(REPOSITORY / "wit")
    for path in COPY.rglob("*.wit"):
        if path.relative_to(COPY).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = COPY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
