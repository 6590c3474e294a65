"""The examples of README.md do what it says."""

import re
import sys
import types
import unittest
from pathlib import Path

README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")


class ReadmeTest(unittest.TestCase):
    def test_the_manager_and_its_test(self) -> None:
        app, test, inheritance = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
        module = types.ModuleType("app")
        sys.modules["app"] = module
        self.addCleanup(sys.modules.pop, "app")
        exec(compile(app, "app.py", "exec"), vars(module))
        exec(compile(inheritance, "inheritance.py", "exec"), dict(vars(module)))
        case = types.ModuleType("test_app")
        exec(compile(test, "test_app.py", "exec"), vars(case))
        suite = unittest.defaultTestLoader.loadTestsFromModule(case)
        result = suite.run(unittest.TestResult())
        assert result is not None
        self.assertEqual((result.testsRun, result.failures, result.errors), (1, [], []))


if __name__ == "__main__":
    unittest.main()
