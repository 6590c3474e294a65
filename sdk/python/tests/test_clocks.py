"""Time as a component has it. What is exchanged holds for a whole interpreter, so each test has its own."""

import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

BEFORE = """
import datetime, pickle, time
from datetime import date, datetime as Captured, timedelta, timezone
from time import sleep as nap, time as clock

from tourbillon._clocks import Clocks, exchange

NOON = 1_795_003_200_123_456_789
live, slept = [], []
exchange(Clocks(lambda: bool(live), lambda: NOON, lambda: 42, slept.append))
"""


class ClocksTest(unittest.TestCase):
    def check(self, script: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", BEFORE + textwrap.dedent(script)],
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_all_that_tells_the_time_asks_the_host(self) -> None:
        self.check("""
            live.append(True)
            assert (time.time_ns(), time.time(), clock()) == (NOON, NOON / 1e9, NOON / 1e9)
            assert (time.monotonic_ns(), time.perf_counter()) == (42, 42 / 1e9)
            nap(1.5)
            assert slept == [1.5]
            noon = Captured(2026, 11, 18, 12, 0, 0, 123456, tzinfo=timezone.utc)
            assert Captured.now(timezone.utc) == datetime.datetime.now(timezone.utc) == noon
            assert Captured.utcnow() == noon.replace(tzinfo=None)
            assert Captured.now(timezone(timedelta(hours=-1))).hour == 11
            assert time.gmtime().tm_hour == time.gmtime(None).tm_hour == 12
            assert time.gmtime(0).tm_year == 1970
            assert time.strftime("%Y", time.gmtime()) == "2026"
            assert Captured.today() == Captured.now() == Captured.fromtimestamp(NOON // 10**9).replace(microsecond=123456)
            assert date.today() == Captured.now().date()
            assert time.ctime() == time.asctime() == time.asctime(time.localtime())
            assert time.strftime("%d") == f"{Captured.now().day:02}"
            try:
                time.sleep(-1)
            except ValueError as error:
                assert str(error) == "sleep length must be non-negative"
            else:
                raise AssertionError("slept")
        """)

    def test_while_a_component_is_made_nothing_is_changed(self) -> None:
        self.check("""
            assert abs(time.time() - Captured.now(timezone.utc).timestamp()) < 60
            assert clock() != NOON / 1e9 and time.gmtime().tm_year > 2000
        """)

    def test_the_class_in_the_place_of_another_is_taken_for_it(self) -> None:
        self.check("""
            live.append(True)
            Real = Captured.__mro__[1]
            real, ours = Real(2026, 1, 1), Captured(2026, 1, 1)
            assert Captured is datetime.datetime is not Real
            assert isinstance(real, Captured) and isinstance(ours, Real) and issubclass(Real, Captured)
            assert real == ours and hash(real) == hash(ours) and repr(ours).startswith("datetime")
            assert not isinstance(date(2026, 1, 1), Captured)
            assert pickle.loads(pickle.dumps(ours)) == ours
            assert type(ours + timedelta(1)) is Captured and (real - ours) == timedelta(0)

            class Own(Captured):
                pass

            assert type(Own.now()) is Own and isinstance(Own.now(), Captured)
            assert not isinstance(ours, Own) and not issubclass(Captured, Own)
        """)

    def test_it_is_exchanged_once(self) -> None:
        self.check("""
            first = time.time
            exchange(Clocks(lambda: True, lambda: 0, lambda: 0, slept.append))
            assert time.time is first
        """)


if __name__ == "__main__":
    unittest.main()
