"""{{name}}: a manager with two periodic tasks."""

from tourbillon import Bucket, Manager, Run, config, export, log, periodic_task


class Greeter(Manager):
    """An instance may be dropped and made anew at any time: what must last goes into the store."""

    def __init__(self) -> None:
        self.greeting = ""

    def init_host(self, host: str) -> None:
        """Called once for each new instance, before its first task."""
        self.greeting = config.get("greeting", "hello")
        log.info("{{name}} begins on %s", host)

    def service_version(self) -> str:
        return "0.1.0"

    @periodic_task(run_immediately=True)
    def greet(self, run: Run) -> None:
        """Greets, and counts how often, on every tick."""
        greetings = Bucket.own().increment("greetings")
        log.info("%s, tick %d: greeting %d", self.greeting, run.tick, greetings)

    @periodic_task(ticks_between_runs=2)
    def report(self) -> None:
        """Says how things stand: on one tick of three, since two are skipped between two runs."""
        greetings = Bucket.own().get_text("greetings")
        log.info("%s greetings so far", greetings or "no")


Lifecycle = export(Greeter)
