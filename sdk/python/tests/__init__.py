"""Tests of the SDK: `python3 -m unittest` or `pytest`, in `sdk/python`. They need no component."""
