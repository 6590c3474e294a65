"""What an author reads when his manager makes no component: his own file and line, first."""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tourbillon import _blame, build

APP = "from tourbillon import Manager, export\n\n\nclass App(Manager):\n    pass\n\n\n"

#: What componentize-py says, with `{}` for what Python said.
SAID = """\
Traceback (most recent call last):
  File "/tools/bin/componentize-py", line 8, in <module>
    sys.exit(script())
             ^^^^^^^^
AssertionError: {}

Caused by:
    the same once more

Stack backtrace:
   0: anyhow::error::<impl anyhow::Error>::msg
"""


class InProject(unittest.TestCase):
    """Runs in an empty directory, with the SDK in `tourbillon-sdk`."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(directory.name)

    def write(self, name: str, text: str) -> None:
        Path(name).write_text(text, "utf-8")


class BeforeTest(InProject):
    def check(self, expect: str | None) -> None:
        self.assertEqual(_blame.before("app", [".", "tourbillon-sdk"]), expect)

    def test_what_is_well_is_left_alone(self) -> None:
        for last in ("Lifecycle = export(App)\n", "from other import *\n", "from other import Lifecycle\n"):
            self.write("app.py", APP + last)
            self.check(None)

    def test_a_module_that_is_not_there(self) -> None:
        wanted = "`[tool.tourbillon] module` of pyproject.toml says which module is the manager"
        self.check(f"there is no app.py in the project: {wanted}")
        self.write("main.py", APP)
        self.check(
            f'there is no app.py in the project, where there is main.py: {wanted}; module = "main" is main.py'
        )

    def test_a_module_may_be_a_package(self) -> None:
        Path("app").mkdir()
        self.write("app/__init__.py", APP)
        self.check("app/__init__.py exports no manager: its last line must be `Lifecycle = export(App)`")

    def test_a_manager_that_is_not_exported(self) -> None:
        self.write("app.py", APP)
        self.check("app.py exports no manager: its last line must be `Lifecycle = export(App)`")
        self.write("app.py", APP + "Lifecycle = App\n")
        self.check("app.py:8: Lifecycle is the class itself: its last line must be `Lifecycle = export(App)`")
        self.write("app.py", APP.replace("class App", "class Lifecycle"))
        self.check(
            "app.py:4: the class must have another name: the build wants `Lifecycle = export(…)`"
        )

    def test_a_syntax_error_is_told_at_once_by_a_python_that_knows_all_of_the_syntax(self) -> None:
        self.write("app.py", "def f():\n    return (1\n")
        with mock.patch.object(_blame, "GUEST", (3, 0)):
            self.check("app.py:2: SyntaxError: '(' was never closed\n    return (1\n           ^")
        with mock.patch.object(_blame, "GUEST", (99, 0)):
            self.check(None)


class AfterTest(InProject):
    def check(self, python: str, expect: str) -> None:
        told = _blame.after(SAID.format(python), "app", [".", "tourbillon-sdk"])
        self.assertEqual(told, expect)

    def test_an_error_of_an_import_has_the_authors_frames_alone(self) -> None:
        self.write("app.py", "\nimport helper\n")
        self.write("helper.py", "import json\njson.loads('{')\n")
        self.check(
            "Traceback (most recent call last):\n"
            '  File "/0/app.py", line 2, in <module>\n    import helper\n'
            '  File "/0/helper.py", line 2, in <module>\n    json.loads("{")\n    ~~~~~~~~~~^^^^^\n'
            '  File "/python/json/__init__.py", line 346, in loads\n    return _default_decoder.decode(s)\n'
            "json.decoder.JSONDecodeError: Expecting property name: line 1\n",
            "helper.py:2: JSONDecodeError: Expecting property name: line 1\n    json.loads('{')\n"
            "  from app.py:2: import helper",
        )

    def test_frames_of_this_package_are_left_out(self) -> None:
        self.write("app.py", "@periodic_task(ticks_between_runs=-1)\n")
        self.check(
            "Traceback (most recent call last):\n"
            '  File "/0/app.py", line 1, in App\n    @periodic_task(ticks_between_runs=-1)\n     ~~~~^^^^\n'
            '  File "/1/tourbillon/tasks.py", line 121, in _marked\n    raise DeclarationError()\n'
            "tourbillon.errors.DeclarationError: task report: not -1",
            "app.py:1: DeclarationError: task report: not -1\n    @periodic_task(ticks_between_runs=-1)",
        )

    def test_a_syntax_error_shows_its_place(self) -> None:
        self.check(
            '  File "/0/app.py", line 21\n    def greet(self) -> None\n'
            "                           ^\nSyntaxError: expected ':'",
            "app.py:21: SyntaxError: expected ':'\n    def greet(self) -> None\n"
            "                           ^",
        )

    def test_a_cause_comes_behind_what_it_led_to(self) -> None:
        began = 'Traceback (most recent call last):\n  File "/0/app.py", line '
        first = f"{began}3, in f\n    g()\nValueError: bad\n"
        then = f"{began}5, in f\n    raise\nRuntimeError: worse"
        for words, relation in (
            ("The above exception was the direct cause of the following exception:", "caused by"),
            ("During handling of the above exception, another exception occurred:", "while handling"),
        ):
            self.check(
                f"{first}\n{words}\n\n{then}",
                f"app.py:5: RuntimeError: worse\n{relation} app.py:3: ValueError: bad",
            )

    def test_what_has_no_frame_is_told_in_words(self) -> None:
        self.write("app.py", APP + "# Lifecycle\n")
        self.check(
            "AttributeError: module 'app' has no attribute 'Lifecycle'",
            "app.py exports no manager: its last line must be `Lifecycle = export(…)`",
        )
        self.check("something else", "something else")

    def test_a_call_of_the_host_at_build_time_is_told_as_one(self) -> None:
        trap = "1: called trapping stub: host:logging/logging#log"
        said = SAID.format("").replace("the same once more", trap)
        told = _blame.after(said, "app", [".", "tourbillon-sdk"])
        self.assertTrue(told.startswith("app calls the host while it is imported"), told)
        self.assertTrue(told.endswith("wasi:logging/logging#log"), told)

    def test_what_is_not_understood_is_told_as_it_is(self) -> None:
        for said in ("no traceback at all", SAID.format("").replace("the same", "a trap")):
            self.assertIn("trace", said)
            told = _blame.after(said, "app", [".", "tourbillon-sdk"])
            self.assertTrue(told and "anyhow" not in told, told)


@unittest.skipIf(sys.platform == "win32", "the tool of this test is a script of a shell")
class BuildTest(InProject):
    def test_a_tool_that_fails_is_heard_and_not_shown(self) -> None:
        self.write("app.py", APP + "Lifecycle = export(App)\n")
        self.write("said", SAID.format('  File "/0/app.py", line 2\nSyntaxError: expected'))
        self.write("componentize-py", "#!/bin/sh\ncat said >&2\nexit 1\n")
        os.chmod("componentize-py", 0o755)
        path = os.pathsep.join([os.getcwd(), os.environ["PATH"]])
        with mock.patch.dict(os.environ, {"PATH": path}), self.assertRaises(build.BuildError) as raised:
            build.build("app", Path("app.wasm"), [".", "tourbillon-sdk"])
        self.assertEqual(str(raised.exception), "app.py:2: SyntaxError: expected")
        self.assertFalse(Path("app.wasm").exists())


if __name__ == "__main__":
    unittest.main()
