"""The store, on the host in memory."""

import unittest
from typing import Any

from tourbillon import Bucket, InvalidValue, Manager, NoSuchStore, StoreError, periodic_task
from tourbillon.testing import Harness


class Run(Manager):
    """Runs one function of a test as its task."""

    deed: Any = None

    @periodic_task
    def task(self) -> None:
        type(self).deed()


class StoreTest(unittest.TestCase):
    def setUp(self) -> None:
        self.harness = Harness(Run, buckets=["shared"])

    def within(self, deed: Any) -> None:
        Run.deed = staticmethod(deed)
        outcome = self.harness.trigger("task")
        if outcome.error is not None:
            raise outcome.error

    def test_a_value_is_text_or_bytes(self) -> None:
        wrong: tuple[Any, ...] = (5, None, [1, 2], 2.5)
        for value in wrong:
            with self.assertRaisesRegex(TypeError, "text or bytes, not .*: set_json"):
                self.within(lambda value=value: Bucket.own().set("k", value))
        self.assertIsNone(self.harness.stored("k"))
        right: tuple[Any, ...] = (b"x", bytearray(b"x"), memoryview(b"x"), "x")
        for value in right:
            self.within(lambda value=value: Bucket.own().set("k", value))
            self.assertEqual(self.harness.stored("k"), b"x")

    def test_a_bucket_keeps_what_it_is_given(self) -> None:
        def deed() -> None:
            bucket = Bucket.own()
            self.assertIsNone(bucket.get("k"))
            bucket.set("k", "v")
            self.assertEqual((bucket.get("k"), bucket.get_text("k")), (b"v", "v"))
            self.assertTrue(bucket.exists("k"))
            bucket.delete("k")
            bucket.delete("k")
            self.assertFalse(bucket.exists("k"))
            bucket.set("raw", bytearray(b"\xff"))
            with self.assertRaisesRegex(InvalidValue, '^value of key "raw": not UTF-8$'):
                bucket.get_text("raw")

        self.within(deed)
        self.assertEqual(self.harness.stored("raw"), b"\xff")

    def test_numbers_are_decimal_text(self) -> None:
        def deed() -> None:
            bucket = Bucket.own()
            self.assertEqual([bucket.increment("n", 2), bucket.increment("n", 3)], [2, 5])
            self.assertEqual(bucket.get("n"), b"5")
            bucket.set("n", "five")
            with self.assertRaisesRegex(StoreError, "^the store failed: the value is not a decimal number$"):
                bucket.increment("n")
            wanted = '^value of key "n": expected a whole number from 0 to 18446744073709551615$'
            for text in ("five", "", "-1", " 1", "٣", "18446744073709551616", "9" * 5_000):
                bucket.set("n", text)
                with self.assertRaisesRegex(InvalidValue, wanted):
                    bucket.get_number("n")
            self.assertIsNone(bucket.get_number("absent"))
            with self.assertRaises(ValueError):
                bucket.increment("n", -1)
            for text in (str(2**64 - 1), "9" * 5_000):
                bucket.set("n", text)
                with self.assertRaisesRegex(StoreError, "^the store failed: the sum does not fit into 64 bits$"):
                    bucket.increment("n")
            bucket.set("n", str(2**64 - 1))
            self.assertEqual(bucket.get_number("n"), 2**64 - 1)

        self.within(deed)

    def test_deleting_while_listing_skips_no_key(self) -> None:
        def deed() -> None:
            bucket = Bucket.own()
            # More than the host gives on one page.
            for n in range(2_500):
                bucket.set(f"{n:04}", b"")
            page, cursor = bucket.list_keys()
            self.assertEqual(len(page), 1_000)
            self.assertIsNotNone(cursor)
            seen = []
            for key in bucket.keys():
                bucket.delete(key)
                seen.append(key)
            self.assertEqual(seen, [f"{n:04}" for n in range(2_500)])
            self.assertEqual(list(bucket.keys()), [])
            with self.assertRaises(StoreError):
                bucket.list_keys(1_000_000)

        self.within(deed)

    def test_keys_come_in_the_order_of_their_bytes(self) -> None:
        def deed() -> None:
            bucket = Bucket.own()
            for key in ("🦀", "ключ", "a", "B"):
                bucket.set(key, "")
            self.assertEqual(list(bucket.keys()), ["B", "a", "ключ", "🦀"])

        self.within(deed)

    def test_json_is_written_without_spaces_and_read_back(self) -> None:
        def deed() -> None:
            bucket = Bucket.own()
            bucket.set_json("k", {"created_ms": 1, "name": "漢"})
            self.assertEqual(bucket.get_text("k"), '{"created_ms":1,"name":"漢"}')
            self.assertEqual(bucket.get_json("k"), {"created_ms": 1, "name": "漢"})
            self.assertEqual(bucket.get_json("absent", 7), 7)
            bucket.set("k", "{")
            with self.assertRaises(InvalidValue):
                bucket.get_json("k")
            for wrong in (object(), float("nan")):
                with self.assertRaises(InvalidValue):
                    bucket.set_json("k", wrong)

        self.within(deed)

    def test_other_buckets_are_granted_or_not(self) -> None:
        def deed() -> None:
            Bucket.open("shared").set("k", "v")
            Bucket.open("").set("own", "v")
            with self.assertRaisesRegex(NoSuchStore, '^no bucket "other" is granted'):
                Bucket.open("other")

        self.within(deed)
        self.assertEqual(self.harness.stored("k", "shared"), b"v")
        self.assertEqual(self.harness.stored("own"), b"v")


if __name__ == "__main__":
    unittest.main()
