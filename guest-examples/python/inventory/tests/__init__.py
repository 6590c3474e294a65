"""Tests: `python3 -m unittest`, or `pytest`. They need no component and no host."""

import sys
from pathlib import Path

# The SDK of this repository; a project of its own has it in `tourbillon-sdk`, or installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "sdk" / "python"))
