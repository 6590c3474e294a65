"""Declarations of tasks, and how they are inherited."""

import unittest
from collections.abc import Callable
from functools import partial
from typing import Any

from tourbillon import DeclarationError, Manager, ManagerMeta, Run, Skip, TaskError, periodic_task
from tourbillon.testing import Harness


class Grandparent(Manager):
    @periodic_task
    def a(self) -> None:
        """Of the grandparent."""

    @periodic_task
    def b(self) -> None:
        """First line, which is the summary.

        The rest is not.
        """


class Parent(Grandparent):
    @periodic_task(summary="given", run_immediately=True)
    def c(self) -> None:
        """Not the summary."""

    @periodic_task(ticks_between_runs=1)
    def a(self) -> None:
        """Of the parent."""
        super().a()


class Child(Parent):
    @periodic_task(name="d.d_d-4")
    def d(self) -> None: ...

    @periodic_task(name="c", ticks_between_runs=2)
    def other_method(self) -> None: ...

    def b(self) -> None:
        raise TaskError("the child's b")


def declared(manager: ManagerMeta) -> list[tuple[str, int]]:
    return [(task.name, task.ticks_between_runs) for task in manager.periodic_tasks()]


class InheritanceTest(unittest.TestCase):
    def test_s05_inherited_tasks_come_first_in_declared_order(self) -> None:
        self.assertEqual(declared(Child), [("a", 1), ("b", 0), ("c", 2), ("d.d_d-4", 0)])

    def test_s06_a_child_never_changes_its_parent(self) -> None:
        self.assertEqual(declared(Grandparent), [("a", 0), ("b", 0)])
        self.assertEqual(declared(Parent), [("a", 1), ("b", 0), ("c", 0)])
        self.assertEqual(declared(Manager), [])

    def test_siblings_share_nothing(self) -> None:
        class Sibling(Grandparent):
            @periodic_task(ticks_between_runs=9)
            def a(self) -> None: ...

        self.assertEqual(declared(Sibling), [("a", 9), ("b", 0)])
        self.assertEqual(declared(Parent)[0], ("a", 1))

    def test_a_replaced_task_may_be_another_method(self) -> None:
        methods = {task.name: task.method for task in Child.periodic_tasks()}
        self.assertEqual(methods["c"], "other_method")

    def test_a_plain_method_keeps_the_declaration_and_runs_instead(self) -> None:
        self.assertEqual(Harness(Child).trigger("b").message, "the child's b")

    def test_several_parents_are_looked_at_as_python_does(self) -> None:
        class Mixin:
            @periodic_task(ticks_between_runs=5)
            def e(self) -> None: ...

            @periodic_task(ticks_between_runs=7)
            def b(self) -> None: ...

        class Mixed(Parent, Mixin):
            pass

        class MixedFirst(Mixin, Parent):
            pass

        self.assertEqual(declared(Mixed), [("a", 1), ("b", 0), ("c", 0), ("e", 5)])
        self.assertEqual(declared(MixedFirst), [("e", 5), ("b", 7), ("a", 1), ("c", 0)])

    def test_a_diamond_has_each_task_once(self) -> None:
        class Left(Grandparent):
            @periodic_task(ticks_between_runs=1)
            def left(self) -> None: ...

        class Right(Grandparent):
            @periodic_task(ticks_between_runs=3)
            def b(self) -> None: ...

        class Both(Left, Right):
            pass

        self.assertEqual(declared(Both), [("a", 0), ("b", 3), ("left", 1)])

    def test_summaries_are_given_or_the_first_line_of_the_docstring(self) -> None:
        summaries = [task.summary for task in Child.periodic_tasks()]
        expect = ["Of the parent.", "First line, which is the summary.", "", ""]
        self.assertEqual(summaries, expect)
        self.assertEqual(Parent.periodic_tasks()[2].summary, "given")
        self.assertTrue(Parent.periodic_tasks()[2].run_immediately)


class RefusalTest(unittest.TestCase):
    def refused(self, pattern: str, make: Callable[[], Any]) -> None:
        with self.assertRaisesRegex(DeclarationError, pattern):
            make()

    def test_wrong_names(self) -> None:
        for name in ("", "Sweep", "1st", "_a", "a b", "ä", "a" * 65, "a\n"):
            self.refused("is no name of a task", partial(periodic_task(name=name), plain))
        self.assertIs(periodic_task(name="a" * 64)(plain), plain)

    def test_a_methods_name_that_is_no_name_of_a_task(self) -> None:
        def _private(self: Manager) -> None: ...

        self.refused('give another one with name="…"', lambda: periodic_task(_private))

    def test_wrong_numbers(self) -> None:
        wrong: list[Any] = [-1, 2**32, 1.0, True, "3", None]
        for ticks in wrong:
            declare = periodic_task(ticks_between_runs=ticks)
            self.refused("task plain: ticks_between_runs must be", partial(declare, plain))

    def test_duplicates_in_one_manager(self) -> None:
        def same_method() -> None:
            class Twice(Manager):
                @periodic_task
                def sweep(self) -> None: ...

                @periodic_task  # type: ignore[no-redef]
                def sweep(self) -> None: ...

        def same_name() -> None:
            class Twice(Manager):
                @periodic_task
                def sweep(self) -> None: ...

                @periodic_task(name="sweep")
                def other(self) -> None: ...

        self.refused("declares the task sweep twice", same_method)
        self.refused("declares the task sweep twice", same_name)

    def test_an_inherited_method_cannot_become_another_task(self) -> None:
        def make() -> None:
            class Renamed(Grandparent):
                @periodic_task(name="other")
                def a(self) -> None: ...

        self.refused("is the task other, but Grandparent declares it as the task a", make)

    def test_methods_that_could_never_run(self) -> None:
        async def wait(self: Manager) -> None: ...

        def generate(self: Manager) -> Any:
            yield

        def much(self: Manager, run: Run, more: int) -> None: ...

        def nothing() -> None: ...

        for method, why in (
            (wait, "is async"),
            (generate, "has a yield"),
            (much, "takes self, and the run"),
            (nothing, "takes self, and the run"),
        ):
            marked: Any = periodic_task(method)  # type: ignore[type-var]
            self.refused(why, partial(ManagerMeta, "M", (Manager,), {"task": marked}))
        self.refused(
            "is no method any more", lambda: ManagerMeta("M", (Grandparent,), {"a": None})
        )

    def test_what_is_no_method(self) -> None:
        wrong: Any = 3
        self.refused("goes onto a method", lambda: periodic_task(wrong))
        marked = periodic_task(name="a")(plain)
        self.refused("cannot be a task", lambda: ManagerMeta("M", (Manager,), {"init_host": marked}))


def plain(self: Manager) -> None: ...


class ReturnTest(unittest.TestCase):
    def test_s10_what_a_task_may_return(self) -> None:
        class Returns(Manager):
            answer: Any = None

            @periodic_task
            def task(self, run: Run | None = None) -> Skip | None:
                self.tick = run.tick if run else None
                answer: Skip | None = self.answer
                return answer

        harness = Harness(Returns)
        self.assertEqual(harness.trigger("task").ticks_to_skip, None)
        harness.manager.answer = Skip(3)
        self.assertEqual(harness.tick()[0].ticks_to_skip, 3)
        self.assertEqual(harness.manager.tick, 1)
        harness.manager.answer = 3
        message = "the task task returned 3: return None, or Skip(n) to skip n ticks"
        self.assertEqual(harness.trigger("task").message, message)
        self.assertEqual(harness.trigger("no").message, 'this manager has no task "no"; it has: task')

    def test_numbers_of_ticks_are_checked(self) -> None:
        wrong: list[tuple[Any, type[Exception]]] = [
            (-1, ValueError),
            (2**32, ValueError),
            (1.5, TypeError),
            (True, TypeError),
        ]
        for ticks, error in wrong:
            with self.assertRaises(error):
                Skip(ticks)
            with self.assertRaises(error):
                TaskError("no", ticks_to_skip=ticks)


if __name__ == "__main__":
    unittest.main()
