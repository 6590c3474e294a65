"""The manager {{name}}."""

from tourbillon import Bucket, Manager, Run, Skip, config, export, log, periodic_task


class App(Manager):
    """Attributes are a cache, for the host may replace an instance. What must last goes to the store."""

    def __init__(self) -> None:
        self.greeting = ""

    def init_host(self, host: str) -> None:
        self.greeting = config.get("greeting", "hello")
        log.info("{{name}} is ready on %s", host)

    def service_version(self) -> str:
        return "0.1.0"

    @periodic_task
    def count(self, run: Run) -> None:
        """Counts its runs."""
        runs = Bucket.own().increment("runs")
        log.info("%s from tick %d, run number %d", self.greeting, run.tick, runs)

    @periodic_task(ticks_between_runs=2, run_immediately=True)
    def rest(self) -> Skip | None:
        """Runs on every third tick, and asks for a longer rest after ten counted runs."""
        runs = int(Bucket.own().get_text("runs") or "0")
        return Skip(9) if runs >= 10 else None


Lifecycle = export(App)
