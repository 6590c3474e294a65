"""Values of the configuration, and the texts of their errors, which are those of the other SDKs."""

import unittest
from datetime import timedelta

from tourbillon import ConfigError, Manager, config
from tourbillon.testing import Harness


class Probe(Manager):
    def init_host(self, host: str) -> None:
        self.duration = config.duration("v")
        self.all = config.get_all()


class Integers(Manager):
    def init_host(self, host: str) -> None:
        self.value = config.integer("v", maximum=4_294_967_295)


class Flag(Manager):
    def init_host(self, host: str) -> None:
        self.value = config.boolean("v", True)


class Signed(Manager):
    def init_host(self, host: str) -> None:
        self.value = config.integer("v", 5, minimum=-128, maximum=127)
        self.float = config.parse("f", float, 1.5)


class DurationTest(unittest.TestCase):
    def check(self, text: str, expect: int | None, error: str = "") -> None:
        harness = Harness(Probe, config={"v": text})
        if expect is not None:
            harness.init_host()
            self.assertEqual(harness.manager.duration, timedelta(milliseconds=expect), text)
            return
        with self.assertRaises(ConfigError, msg=text) as caught:
            harness.init_host()
        self.assertEqual(str(caught.exception), f'config v = "{text}": {error}')

    def test_durations_are_read(self) -> None:
        self.check("7d", 604_800_000)
        self.check("90", 90_000)
        self.check(" 90 s ", 90_000)
        self.check("500ms", 500)
        self.check("2h", 7_200_000)
        self.check("3m", 180_000)
        self.check("1w", 604_800_000)
        self.check("0", 0)

    def test_what_is_none_is_refused(self) -> None:
        number = "expected a whole number and a unit, like 7d, 90s or 500ms"
        unit = 'unknown unit "{}": use ms, s, m, h, d or w'
        self.check("", None, number)
        self.check("7 days", None, unit.format("days"))
        self.check("-1s", None, unit.format("-1s"))
        self.check("1.5h", None, unit.format(".5h"))
        self.check("s", None, number)
        self.check("99999999999999999999", None, number)
        self.check("9" * 5_000, None, number)
        self.check("18446744073709551615w", None, "longer than can be counted")

    def test_what_is_not_set_is_none(self) -> None:
        harness = Harness(Probe, config={"b": "1", "a": "2"})
        harness.init_host()
        self.assertIsNone(harness.manager.duration)
        self.assertEqual(harness.manager.all, {"a": "2", "b": "1"})


class IntegerTest(unittest.TestCase):
    def refused(self, manager: type[Manager], text: str, error: str) -> None:
        with self.assertRaises(ConfigError, msg=text) as caught:
            Harness(manager, config={"v": text}).init_host()
        self.assertEqual(str(caught.exception), f"config v = {error}")

    def test_numbers_are_read(self) -> None:
        for text, expect in {"7": 7, " 7\n": 7, "+7": 7, "007": 7, "4294967295": 2**32 - 1}.items():
            harness = Harness(Integers, config={"v": text})
            harness.init_host()
            self.assertEqual(harness.manager.value, expect)
        signed = Harness(Signed, config={"v": "-128", "f": "2.5"})
        signed.init_host()
        self.assertEqual((signed.manager.value, signed.manager.float), (-128, 2.5))

    def test_flags_are_true_or_false(self) -> None:
        for settings, expect in (({"v": " false"}, False), ({"v": "true"}, True), ({}, True)):
            harness = Harness(Flag, config=settings)
            harness.init_host()
            self.assertIs(harness.manager.value, expect)
        self.refused(Flag, "yes", '"yes": expected true or false')

    def test_a_bad_value_names_its_key(self) -> None:
        expected = "expected a whole number from 0 to 4294967295"
        for text in ("many", "-1", "1_000", "1.0", "+", "٣", "", "4294967296", "9" * 5_000):
            self.refused(Integers, text, f'"{text}": {expected}')
        self.refused(Signed, "-129", '"-129": expected a whole number from -128 to 127')
        self.refused(Integers, 'a"\n\x1b', rf'"a\"\n\u{{1b}}": {expected}')


if __name__ == "__main__":
    unittest.main()
