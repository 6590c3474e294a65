"""The janitor is an ordinary class: the SDK brings a small host along."""

import unittest

from tourbillon import ConfigError
from tourbillon.testing import Harness

from janitor import Janitor, mix, written


class JanitorTest(unittest.TestCase):
    def test_records_live_as_long_as_the_retention(self) -> None:
        harness = Harness(Janitor, config={"retention": "30s", "intake": "1"}, tick_ms=10_000)
        harness.init_host()
        for outcome in harness.ticks(12):
            self.assertTrue(outcome.ok, outcome)
        # Tick 12 is at 120 s: what came in before 90 s, at the ticks 1 to 8, is gone.
        self.assertEqual(harness.stored("swept"), b"8")
        self.assertEqual(harness.take_log()[-1].message, "4 records kept, 8 swept so far")

    def test_a_record_is_written_as_in_every_language(self) -> None:
        harness = Harness(Janitor, config={"intake": "1"})
        harness.init_host()
        harness.tick()
        expect = f'{{"created_ms":10000,"payload":{mix(1, 1, 0)}}}'
        self.assertEqual(harness.stored("record/000000000001-0"), expect.encode())
        # The number that the janitor in Rust writes.
        self.assertEqual(mix(9, 26, 0), 12317768625655733981)

    def test_what_cannot_be_read_fails_the_sweep_and_nothing_of_it_is_kept(self) -> None:
        harness = Harness(Janitor, config={"retention": "0s", "intake": "1"})
        harness.init_host()
        harness.store("record/x", b"{")
        failed = [outcome for outcome in harness.ticks(3) if not outcome.ok]
        self.assertEqual([outcome.task for outcome in failed], ["sweep"])
        self.assertRegex(failed[0].message or "", '^cannot sweep: InvalidValue: value of key "record/x": ')
        self.assertIsNotNone(harness.stored("record/000000000001-0"))

    def test_a_bad_retention_is_named(self) -> None:
        with self.assertRaisesRegex(ConfigError, '^config retention = "a week": '):
            Harness(Janitor, config={"retention": "a week"}).init_host()

    def test_retention_is_shown(self) -> None:
        harness = Harness(Janitor, config={"retention": "1500ms"})
        harness.init_host()
        shown = {"retention": "1.5s", "intake": "2", "seed": "1"}
        self.assertEqual(harness.manager.service_config(), shown)
        self.assertEqual(written(harness.manager.retention * 0), "0ns")


if __name__ == "__main__":
    unittest.main()
