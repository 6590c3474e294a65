"""What is needed to make a component: the WIT package, and the renaming of imports."""

import sys
import tempfile
import unittest
from pathlib import Path

from tourbillon import build

SDK = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SDK / "tools"))

import make_wit  # noqa: E402


class WitTest(unittest.TestCase):
    def test_the_copy_of_the_wit_package_is_current(self) -> None:
        if not (make_wit.REPOSITORY / "wit" / "manager.wit").exists():
            self.skipTest("only in the repository")
        copy = make_wit.COPY
        found = {p.relative_to(copy).as_posix(): p.read_text("utf-8") for p in copy.rglob("*.wit")}
        wanted = make_wit.files(make_wit.REPOSITORY / "wit")
        self.assertEqual(found, wanted, "run `python3 tools/make_wit.py` in sdk/python")


def section(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def name(text: str) -> bytes:
    return b"\0" + bytes([len(text)]) + text.encode()


class RenameTest(unittest.TestCase):
    def component(self, namespace: str) -> bytes:
        imports = [
            name(f"{namespace}:logging/logging") + b"\5\0",
            name("tourbillon:manager/context") + b"\5\x81\1",
            name(f"{namespace}:a/new-type") + b"\3\1",
            name(f"{namespace}:a/same-type") + b"\3\0\2",
            name(f"{namespace}:a/function") + b"\1\3",
            name(f"{namespace}:a/component") + b"\4\3",
            name(f"{namespace}:a/module") + b"\0\x11\5",
        ]
        return (
            b"\0asm\x0d\0\1\0"
            + section(0, b"\4notehost:stays")
            + section(10, bytes([len(imports)]) + b"".join(imports))
            + section(0, b"\4morehost:stays")
        )

    def test_imports_are_renamed_and_nothing_else(self) -> None:
        renamed = build.rename_imports(self.component("host"))
        self.assertEqual(renamed, self.component("wasi"))
        self.assertEqual(build.rename_imports(renamed), renamed)

    def test_what_is_no_component_is_refused(self) -> None:
        for data in (b"", b"\0asm\1\0\0\0"):
            with self.assertRaises(ValueError):
                build.rename_imports(data)


class PathsTest(unittest.TestCase):
    def test_more_directories_are_named_in_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as outer:
            project, shared = Path(outer, "project"), Path(outer, "shared")
            project.mkdir()
            self.assertEqual(build.more_paths(project), [])
            file = project / "paths.pth"
            file.write_text("# Shared with others.\n\n../shared\n", "utf-8")
            with self.assertRaises(build.BuildError) as raised:
                build.more_paths(project)
            self.assertEqual(str(raised.exception), f"{file}:3: there is no directory ../shared")
            shared.mkdir()
            self.assertEqual([Path(path).resolve() for path in build.more_paths(project)], [shared.resolve()])


if __name__ == "__main__":
    unittest.main()
