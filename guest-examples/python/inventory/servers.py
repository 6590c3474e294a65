"""An inventory of servers: the inherited tasks, then one of its own.

The order on a tick is `collect`, `report`, `alarm`.
"""

from inventory_base import Inventory
from tourbillon import Bucket, Skip, config, export, log, periodic_task


class ServerInventory(Inventory):
    """Servers come and go."""

    plural = "servers"

    def observe(self, tick: int) -> int:
        return 20 + tick % 7

    @periodic_task
    def alarm(self) -> Skip | None:
        """Warns when there are many, and then rests for a while."""
        limit = config.integer("limit", 25)
        count = int(Bucket.own().get_text("count") or "")
        if count < limit:
            return None
        log.warn("%d servers, %d are many", count, limit)
        return Skip(5)


Lifecycle = export(ServerInventory)
