"""An inventory of volumes: it replaces an inherited task, in its place.

The order on a tick is `collect`, `report`, as in the parent, but `report` is the one below and runs
on every second tick. The parent, and whoever else inherits from it, is not changed.
"""

from inventory_base import Inventory
from tourbillon import Bucket, export, log, periodic_task


class VolumeInventory(Inventory):
    """Volumes only grow in number."""

    plural = "volumes"

    def observe(self, tick: int) -> int:
        return 100 + tick // 3

    @periodic_task(ticks_between_runs=1)
    def report(self) -> None:
        """Logs the last count, and keeps how often it did."""
        # The parent's task is a method like any other.
        super().report()
        reports = Bucket.own().increment("reports", 1)
        log.debug("report number %d", reports)


Lifecycle = export(VolumeInventory)
