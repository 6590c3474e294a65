"""Two managers that inherit from a third."""

import unittest

from tourbillon.testing import Harness

from inventory_base import Inventory
from servers import ServerInventory
from volumes import VolumeInventory


def names(manager: type[Inventory]) -> list[tuple[str, int]]:
    return [(task.name, task.ticks_between_runs) for task in manager.periodic_tasks()]


class InventoryTest(unittest.TestCase):
    def test_inherited_tasks_run_first(self) -> None:
        harness = Harness(ServerInventory)
        harness.init_host()
        ran = [outcome.task for outcome in harness.ticks(4)]
        expect = ["collect", "alarm"] * 3 + ["collect", "report", "alarm"]
        self.assertEqual(ran, expect)

    def test_an_alarm_rests_for_five_ticks(self) -> None:
        harness = Harness(ServerInventory)

        def alarms(ticks: int) -> int:
            return sum(outcome.task == "alarm" for outcome in harness.ticks(ticks))

        # At tick 5 there are 25 servers; the next look is at tick 11.
        self.assertEqual([alarms(5), alarms(5), alarms(1)], [5, 0, 1])

    def test_the_replaced_task_keeps_its_place_and_the_parent_is_not_changed(self) -> None:
        self.assertEqual(names(VolumeInventory), [("collect", 0), ("report", 1)])
        self.assertEqual(names(Inventory), [("collect", 0), ("report", 3)])
        harness = Harness(VolumeInventory)
        harness.ticks(4)
        self.assertEqual(harness.stored("reports"), b"2")


if __name__ == "__main__":
    unittest.main()
