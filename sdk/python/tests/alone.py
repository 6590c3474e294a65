"""A script in an interpreter of its own, for what is changed in a whole interpreter."""

import subprocess
import sys
import textwrap
import unittest
from pathlib import Path


def check(test: unittest.TestCase, before: str, script: str) -> None:
    """Runs a script behind another; it must end well and say nothing to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", before + textwrap.dedent(script)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
    )
    test.assertEqual((done.returncode, done.stderr), (0, ""))
