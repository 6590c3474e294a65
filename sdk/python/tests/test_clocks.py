"""Time as a component has it. What is exchanged holds for a whole interpreter, so each test has its own."""

import pickle
import subprocess
import sys
import unittest
from datetime import datetime, timezone
from pathlib import Path

from tests.alone import check

BEFORE = """
import copy, datetime, pickle, sys, time, zoneinfo
from datetime import date, datetime as Captured, timedelta, timezone
from time import sleep as nap, time as clock

from tourbillon._clocks import Clocks, exchange

EPOCH = Captured(1970, 1, 1, tzinfo=timezone.utc)
OF_TYPES = {Captured: "the real one"}

class Before(Captured):
    pass

class Later(Before):
    pass

class Fixed(Captured):
    @classmethod
    def now(cls, tz=None):
        return cls(2000, 1, 1)

class LaterFixed(Fixed):
    pass

NOON = 1_795_003_200_123_456_789
live, slept = [], []
exchange(Clocks(lambda: bool(live), lambda: NOON, lambda: 42, slept.append))
"""


class ClocksTest(unittest.TestCase):
    def check(self, script: str) -> None:
        check(self, BEFORE, script)

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

    def test_they_are_one_by_repr_and_as_a_key(self) -> None:
        self.check("""
            live.append(True)
            noon = Captured.now(timezone.utc)
            assert repr(noon).startswith("datetime.datetime(2026, 11, 18, "), repr(noon)
            assert eval(repr(noon)) == noon
            assert repr(Before(2026, 1, 1)) == "Before(2026, 1, 1, 0, 0)"
            assert OF_TYPES[type(noon)] == OF_TYPES[type(EPOCH)] == OF_TYPES[Captured] == "the real one"
            assert type(EPOCH) == Captured and not type(EPOCH) != Captured and Captured == type(EPOCH)
            assert Before not in OF_TYPES and type("Own", (Captured,), {}) not in OF_TYPES
        """)

    def test_both_and_their_subclasses_are_pickled_and_copied(self) -> None:
        self.check("""
            class After(Captured):
                pass

            for kind in (type(EPOCH), Captured, Before, After):
                made = kind(2026, 1, 1, fold=1, tzinfo=timezone.utc)
                for got in (copy.copy(made), copy.deepcopy([made])[0], pickle.loads(pickle.dumps(made))):
                    assert (got, got.fold) == (made, 1) and type(got) == kind, (kind, got)
                for protocol in range(pickle.HIGHEST_PROTOCOL):
                    got = pickle.loads(pickle.dumps(made, protocol))
                    assert got == made and type(got) == kind, (kind, protocol, got)
        """)

    def test_what_a_component_pickled_is_read_elsewhere(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", BEFORE + "sys.stdout.buffer.write(pickle.dumps([EPOCH, Captured.now()]))"],
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            check=True,
        )
        epoch, now = pickle.loads(done.stdout)
        self.assertEqual(epoch, datetime(1970, 1, 1, tzinfo=timezone.utc))
        self.assertEqual((type(epoch), type(now)), (datetime, datetime))

    def test_a_class_that_was_made_before_has_the_hosts_present(self) -> None:
        self.check("""
            live.append(True)
            for kind in (Before, Later):
                told = kind.now(timezone.utc), kind.today(), kind.utcnow()
                assert told == (Captured.now(timezone.utc), Captured.today(), Captured.utcnow()), told
                assert [type(one) for one in told] == [kind] * 3
            assert Fixed.now().year == LaterFixed.now().year == 2000
            assert type(LaterFixed.utcnow()) is LaterFixed and LaterFixed.utcnow().year == 2026
        """)

    def test_clocks_that_are_asked_by_other_names(self) -> None:
        self.check("""
            live.append(True)
            assert (time.process_time_ns(), time.process_time()) == (42, 42 / 1e9)
            assert (time.thread_time_ns(), time.thread_time()) == (42, 42 / 1e9)
            assert time.clock_gettime_ns(time.CLOCK_REALTIME) == NOON
            assert time.clock_gettime(time.CLOCK_MONOTONIC) == 42 / 1e9
        """)

    def test_utc_is_a_time_zone_and_another_is_not_found(self) -> None:
        self.check("""
            live.append(True)
            zoneinfo.reset_tzpath(to=[])
            utc = zoneinfo.ZoneInfo("UTC")
            assert (Captured.now(utc).isoformat(), utc.tzname(EPOCH)) == ("2026-11-18T12:00:00.123456+00:00", "UTC")
            try:
                zoneinfo.ZoneInfo("Europe/Berlin")
            except zoneinfo.ZoneInfoNotFoundError as error:
                assert "no time zone Europe/Berlin" in str(error)
            else:
                raise AssertionError("found")
        """)

    def test_it_is_exchanged_once(self) -> None:
        self.check("""
            first = time.time
            exchange(Clocks(lambda: True, lambda: 0, lambda: 0, slept.append))
            assert time.time is first
        """)


if __name__ == "__main__":
    unittest.main()
