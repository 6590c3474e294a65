"""Runs: what is told of a failure, what is logged, what is kept; and the exported functions."""

import logging
import re
import sys
import unittest
from datetime import datetime, timezone
from typing import Any
from unittest import mock

from tourbillon import (
    Bucket,
    DeclarationError,
    Manager,
    Run,
    Skip,
    TaskError,
    config,
    context,
    export,
    log,
    periodic_task,
)
from tourbillon.testing import Harness, LogLine, Outcome


def line_of(text: str) -> int:
    """The line of this file that ends with a mark."""
    with open(__file__, encoding="utf-8") as file:
        return next(n for n, line in enumerate(file, 1) if line.endswith(f"# {text}\n"))


class Failing(Manager):
    @periodic_task
    def uncaught(self) -> None:
        Bucket.own().set("kept", "no")
        raise RuntimeError("on\npurpose")  # uncaught

    @periodic_task
    def library(self) -> None:
        datetime.fromisoformat("soon")  # library

    @periodic_task(name="on-purpose")
    def on_purpose(self) -> None:
        raise TaskError("not today", ticks_to_skip=4)  # on purpose

    @periodic_task
    def caused(self) -> None:
        try:
            raise KeyError("k")  # caused
        except KeyError as error:
            raise TaskError("cannot sweep") from error

    @periodic_task
    def exits(self) -> None:
        sys.exit(3)  # exits

    @periodic_task
    def deep(self) -> None:
        self.deep()  # deep

    @periodic_task(name="ping-pong")
    def ping(self) -> None:
        self.pong()

    def pong(self) -> None:
        self.ping()

    @periodic_task
    def long(self) -> None:
        raise ValueError("x" * 10_000)  # long

    @periodic_task
    def configured(self) -> None:
        config.integer("limit", maximum=9)  # configured

    @periodic_task
    def stored(self) -> None:
        Bucket.open("other")  # stored

    @periodic_task
    def circle(self) -> None:
        try:
            raise KeyError("b")
        except KeyError as error:
            first = ValueError("a")
            error.__cause__ = first
            raise first from error

    @periodic_task
    def group(self) -> None:
        many = [ValueError("x" * 5_000), *(KeyError(n) for n in range(50))]
        raise ExceptionGroup("all failed", [ExceptionGroup("inner", many), *many])  # group

    @periodic_task
    def noted(self) -> None:
        error = ValueError("bad")
        for n in range(9):
            error.add_note(f"note {n}")
        raise error  # noted

    @periodic_task
    def closed(self) -> None:
        raise GeneratorExit  # closed

    @periodic_task
    def interrupted(self) -> None:
        raise KeyboardInterrupt  # interrupted

    @periodic_task
    def memory(self) -> None:
        raise MemoryError  # memory


class FailureTest(unittest.TestCase):
    def setUp(self) -> None:
        self.harness = Harness(Failing)

    def check(self, task: str, message: str, logged: list[str]) -> None:
        outcome = self.harness.trigger(task)
        self.assertEqual(outcome.message, message)
        lines = [line for entry in self.harness.take_log() for line in entry.message.split("\n")]
        self.assertEqual(lines, logged)

    def test_an_uncaught_exception_ends_with_the_authors_file_and_line(self) -> None:
        at = f"tests/test_runs.py:{line_of('uncaught')}"
        trace = f'  {at} in uncaught: raise RuntimeError("on\\npurpose")  # uncaught'
        message = f"RuntimeError: on purpose ({at})"
        self.check("uncaught", message, ["RuntimeError: on", "purpose", trace])
        self.assertIsNone(self.harness.stored("kept"))

    def test_the_traceback_is_an_error_in_the_log(self) -> None:
        self.harness.trigger("uncaught")
        (entry,) = self.harness.take_log()
        self.assertEqual((entry.level, entry.context), (log.Level.ERROR, __name__))

    def test_the_place_is_the_authors_and_not_the_librarys(self) -> None:
        at = f"tests/test_runs.py:{line_of('library')}"
        self.assertTrue(str(self.harness.trigger("library").message).endswith(f" ({at})"))
        at = f"tests/test_runs.py:{line_of('exits')}"
        self.assertEqual(self.harness.trigger("exits").message, f"SystemExit: 3 ({at})")

    def test_a_failure_on_purpose_is_the_authors_words_and_its_place_is_in_the_log(self) -> None:
        at = f"tests/test_runs.py:{line_of('on purpose')}"
        self.check("on-purpose", "not today", [f"on-purpose failed at {at}: not today"])
        self.assertEqual(self.harness.trigger("on-purpose").ticks_to_skip, 4)

    def test_causes_are_in_the_message_and_their_traceback_in_the_log(self) -> None:
        outcome = self.harness.trigger("caused")
        at = f"tests/test_runs.py:{line_of('caused')}"
        self.assertEqual(outcome.message, f"cannot sweep: KeyError: 'k' ({at})")
        (entry,) = self.harness.take_log()
        self.assertIn("\ncaused by\nKeyError: 'k'\n", entry.message)
        self.assertIn(f"test_runs.py:{line_of('caused')} in caused", entry.message)

    def test_an_error_of_this_package_has_a_type_and_a_place_like_any_other(self) -> None:
        self.harness.config["limit"] = "many"
        for task, error in (
            ("configured", 'ConfigError: config limit = "many": expected a whole number from 0 to 9'),
            ("stored", 'NoSuchStore: no bucket "other" is granted to this manager'),
        ):
            at = f"tests/test_runs.py:{line_of(task)}"
            self.assertEqual(self.harness.trigger(task).message, f"{error} ({at})")
        # Causes in a circle end the line all the same.
        error = self.harness.trigger("circle").message or ""
        self.assertRegex(error, r"^ValueError: a \(tests/test_runs.py:\d+\): KeyError: 'b' \(tests.*\)$")

    def test_long_things_are_cut_before_the_place(self) -> None:
        message = self.harness.trigger("long").message or ""
        self.assertTrue(message.endswith(f"… (tests/test_runs.py:{line_of('long')})"))
        self.assertLess(len(message.encode()), 4_096)
        self.harness.take_log()
        self.harness.trigger("deep")
        (entry,) = self.harness.take_log()
        self.assertRegex(entry.message, r"\n  … \d+ times more")
        self.harness.trigger("ping-pong")
        (entry,) = self.harness.take_log()
        self.assertRegex(entry.message, r"\n  … \d{3} more\n")
        self.assertLess(len(entry.message), 4_000)

    @unittest.skipIf(sys.version_info < (3, 11), "Python 3.10 has no groups and no notes")
    def test_the_first_few_of_a_group_and_of_notes_are_told(self) -> None:
        at = f"tests/test_runs.py:{line_of('group')}"
        message = self.harness.trigger("group").message or ""
        first = "ExceptionGroup: all failed (52 sub-exceptions): ExceptionGroup: inner (51 sub-exceptions)"
        self.assertRegex(message, rf"^{re.escape(first)}; ValueError: x+…; KeyError: 0; 49 more \({at}\)$")
        self.assertLess(len(message), 600)
        (entry,) = self.harness.take_log()
        self.assertIn("\n  | ExceptionGroup: inner (51 sub-exceptions)\n  |   | ValueError: x", entry.message)
        self.assertIn("\n  |   | KeyError: 1\n  |   … 48 more\n", entry.message)
        self.assertTrue(entry.message.endswith("\n  … 49 more"), entry.message[-200:])
        self.harness.trigger("noted")
        (entry,) = self.harness.take_log()
        self.assertTrue(entry.message.startswith("ValueError: bad\n  note: note 0\n  note: note 1\n"))
        self.assertIn("  note: note 4\n  … 4 notes more\n", entry.message)

    def test_what_is_no_exception_by_pythons_book_is_a_failure_too(self) -> None:
        at = f"tests/test_runs.py:{line_of('closed')}"
        self.assertEqual(self.harness.trigger("closed").message, f"GeneratorExit ({at})")
        # Who waits for a test may end it; in a component there is nobody who could.
        with self.assertRaises(KeyboardInterrupt):
            self.harness.trigger("interrupted")
        at = f"tests/test_runs.py:{line_of('interrupted')}"
        with mock.patch.object(sys, "platform", "wasi"):
            self.assertEqual(self.harness.trigger("interrupted").message, f"KeyboardInterrupt ({at})")

    def test_out_of_memory_is_critical_and_ends_the_instance(self) -> None:
        with self.assertRaises(MemoryError):
            self.harness.trigger("memory")
        (entry,) = self.harness.take_log()
        self.assertEqual(entry.level, log.Level.CRITICAL)
        place = f"tests/test_runs.py:{line_of('memory')}"
        self.assertTrue(entry.message.startswith(f"out of memory: MemoryError ({place})\n"))


class Talking(Manager):
    def __init__(self) -> None:
        self.runs = 0

    def init_host(self, host: str) -> None:
        Bucket.own().set("host", host)
        log.info("100 %")
        if host == "bad":
            raise TaskError("bad host")

    def service_config(self) -> dict[str, str]:
        return {"a": "b"}

    @periodic_task(ticks_between_runs=1)
    def talk(self, run: Run) -> Skip | None:
        self.runs += 1
        log.trace("a")
        log.warn("%d of %s", 2, "b")
        logging.getLogger("stdlib").info("c %d", 3)
        told: list[Any] = [context.manager(), context.host(), context.attempt(), context.fence()]
        told += [context.trigger(), context.fuel_granted(), context.fuel_left()]
        told += [context.time_limit_ms(), context.missed_before()]
        log.write(log.Level.CRITICAL, "told", repr((run.id, run.scheduled_at, *told)))
        try:
            raise ValueError("v")
        except ValueError:
            log.exception("caught")
        return Skip(3) if self.runs == 1 else None


class HarnessTest(unittest.TestCase):
    def test_a_run_knows_who_it_is_and_logs(self) -> None:
        logger = logging.getLogger("stdlib")
        handler = log.Handler()
        logger.addHandler(handler)
        logger.setLevel(1)
        self.addCleanup(logger.removeHandler, handler)
        harness = Harness(Talking, name="m", tick_ms=60_000)
        harness.init_host("h")
        harness.ticks(2)
        lines = harness.take_log()
        told = ("m/talk/2", datetime(1970, 1, 1, 0, 2, tzinfo=timezone.utc), "m", "h", 1, 1)
        told_then = (*told, "schedule", 100_000_000, 100_000_000, 5_000, 0)
        here = __name__
        expect = [
            LogLine(log.Level.INFO, here, "100 %"),
            LogLine(log.Level.TRACE, here, "a"),
            LogLine(log.Level.WARN, here, "2 of b"),
            LogLine(log.Level.INFO, "stdlib", "c 3"),
            LogLine(log.Level.CRITICAL, "told", repr(told_then)),
        ]
        self.assertEqual(lines[:-1], expect)
        self.assertRegex(lines[-1].message, "(?s)^caught\nValueError: v\n.*in talk: raise ValueError")

    def test_s02_s10_periods_first_runs_and_rests(self) -> None:
        harness = Harness(Talking)
        ticks = []
        for _ in range(12):
            if harness.tick():
                ticks.append(harness.tick_number)
        # First at tick 2; then a rest of 3 ticks, once; then every second tick.
        self.assertEqual(ticks, [2, 6, 8, 10, 12])
        self.assertEqual(harness.trigger("talk"), Outcome("talk"))

    def test_s18_what_a_failed_init_stored_is_undone(self) -> None:
        harness = Harness(Talking)
        with self.assertRaisesRegex(TaskError, "bad host"):
            harness.init_host("bad")
        self.assertIsNone(harness.stored("host"))
        harness.init_host("good")
        self.assertEqual(harness.stored("host"), b"good")

    def test_s15_an_instance_may_be_replaced(self) -> None:
        harness = Harness(Talking)
        harness.ticks(2)
        first = harness.manager
        self.assertEqual(first.runs, 1)
        harness.replace()
        self.assertIsNot(harness.manager, first)
        self.assertEqual(harness.manager.runs, 0)

    def test_two_managers_of_one_class_share_nothing(self) -> None:
        one, two = Harness(Talking), Harness(Talking)
        one.init_host("one")
        two.init_host("two")
        one.ticks(2)
        self.assertEqual((one.stored("host"), two.stored("host")), (b"one", b"two"))
        self.assertEqual((one.manager.runs, two.manager.runs), (1, 0))


class ExportTest(unittest.TestCase):
    def test_every_exported_function_gets_the_same_instance(self) -> None:
        lifecycle = export(Talking)
        self.assertIs(lifecycle(), lifecycle())
        self.assertIsNot(lifecycle(), export(Talking)())

    def test_the_five_functions(self) -> None:
        exports = export(Talking)()
        self.assertEqual([task.name for task in exports.periodic_tasks()], ["talk"])
        self.assertEqual(exports.service_version(), "")
        self.assertEqual(exports.service_config(), [("a", "b")])
        exports.init_host("h")
        with self.assertRaisesRegex(Exception, "^bad host$"):
            exports.init_host("bad")
        self.assertEqual(exports.run_periodic_task(Run("m/talk/1", "talk", 1, 0)), 3)
        with self.assertRaisesRegex(Exception, 'has no task "no"; it has: talk$'):
            exports.run_periodic_task(Run("m/no/1", "no", 1, 0))

    def test_only_managers_are_exported(self) -> None:
        wrong: list[Any] = [Talking(), object, 3]
        for value in wrong:
            with self.assertRaises(DeclarationError):
                export(value)


if __name__ == "__main__":
    unittest.main()
