"""The original's loop, retyped: OpenStack Heat's heat/manager.py of March 2012.

Prints nanoseconds for each task and tick, most of which are not due, with its logging (to nowhere, below
the level that is shown) and without.
"""

import logging
import statistics
import time

LOG = logging.getLogger("manager")


class Manager:
    def __init__(self, tasks, between):
        self.tasks = [("task-%d" % n, self.task) for n in range(tasks)]
        self.ticks_to_skip = {name: n % (between + 1) for n, (name, _) in enumerate(self.tasks)}
        self.between = between

    def task(self, context):
        pass

    def periodic_tasks(self, context, raise_on_error=False):
        for name, task in self.tasks:
            full_name = ".".join([self.__class__.__name__, name])
            if self.ticks_to_skip[name] > 0:
                LOG.debug("Skipping %s, %d ticks left until next run", full_name, self.ticks_to_skip[name])
                self.ticks_to_skip[name] -= 1
                continue
            self.ticks_to_skip[name] = self.between
            LOG.debug("Running periodic task %s", full_name)
            try:
                task(context)
            except Exception:
                if raise_on_error:
                    raise
                LOG.exception("Error during %s", full_name)

    def periodic_tasks_silent(self, context, raise_on_error=False):
        for name, task in self.tasks:
            if self.ticks_to_skip[name] > 0:
                self.ticks_to_skip[name] -= 1
                continue
            self.ticks_to_skip[name] = self.between
            try:
                task(context)
            except Exception:
                if raise_on_error:
                    raise


def measure(loop, tasks, ticks=20, rounds=15):
    figures = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        for _ in range(ticks):
            loop(None)
        figures.append((time.perf_counter_ns() - start) / ticks / tasks)
    return statistics.median(figures)


def main():
    tasks = 1000
    manager = Manager(tasks, 9)
    print("the original's loop, per task and tick\t%.1f" % measure(manager.periodic_tasks, tasks))
    print("the same without its logging\t%.1f" % measure(manager.periodic_tasks_silent, tasks))


main()
