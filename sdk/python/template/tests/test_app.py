"""Drives the manager through some ticks, with a host in memory."""

import unittest

from tourbillon.testing import Harness

from app import App


class AppTest(unittest.TestCase):
    def test_runs_are_counted_on_every_tick(self) -> None:
        harness = Harness(App, config={"greeting": "good morning"})
        harness.init_host()
        for outcome in harness.ticks(5):
            self.assertTrue(outcome.ok, outcome)
        self.assertEqual(harness.stored("runs"), b"5")
        self.assertEqual(harness.take_log()[-1].message, "good morning from tick 5, run number 5")

    def test_a_rest_is_asked_for_after_ten_runs(self) -> None:
        harness = Harness(App)
        harness.init_host()
        rests = [outcome.ticks_to_skip for outcome in harness.ticks(12) if outcome.task == "rest"]
        self.assertEqual(rests, [None, None, None, 9])


if __name__ == "__main__":
    unittest.main()
