"""Tests: `python3 -m unittest`, or `pytest`. They need no component and no host."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tourbillon-sdk"))
