"""Drives the manager through some ticks, with a host in memory."""

import unittest

from tourbillon.testing import Harness

from app import Greeter


class GreeterTest(unittest.TestCase):
    def test_greets_on_every_tick_and_reports_on_every_third(self) -> None:
        harness = Harness(Greeter, config={"greeting": "good day"})
        harness.init_host()
        harness.take_log()
        for outcome in harness.ticks(3):
            self.assertTrue(outcome.ok, outcome)
        self.assertEqual(
            [line.message for line in harness.take_log()],
            [
                "good day, tick 1: greeting 1",
                "good day, tick 2: greeting 2",
                "good day, tick 3: greeting 3",
                "3 greetings so far",
            ],
        )


if __name__ == "__main__":
    unittest.main()
