"""A manager that others inherit from: it counts things of some kind, and knows not which.

It makes no component of its own; `servers.py` and `volumes.py` do.
"""

from tourbillon import Bucket, Manager, Run, TaskError, log, periodic_task


class Inventory(Manager):
    """The tasks that every inventory has."""

    #: What is being counted, in the plural.
    plural = "things"

    def observe(self, tick: int) -> int:
        """How many there are at this tick. A real one would ask an API."""
        raise NotImplementedError

    def init_host(self, host: str) -> None:
        log.info("counting %s for %s", self.plural, host)

    def service_version(self) -> str:
        return "0.1.0"

    @periodic_task(run_immediately=True)
    def collect(self, run: Run) -> None:
        """Counts what is there."""
        Bucket.own().set("count", str(self.observe(run.tick)))

    @periodic_task(ticks_between_runs=3)
    def report(self) -> None:
        """Logs the last count."""
        count = Bucket.own().get_text("count")
        if count is None:
            raise TaskError("nothing was counted yet")
        log.info("%s %s", count, self.plural)
