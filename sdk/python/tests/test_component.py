"""What only a component imports, with a stub of the host below it. Each test has an interpreter of its own."""

import unittest

from tests.alone import check

BEFORE = """
import builtins, io, logging, os, random, sys, types
from os import stat as taken_by_name
from random import seed as seed_by_name

class Err(Exception):
    pass

def stub(name, **what):
    sys.modules[name] = module = types.ModuleType(name)
    vars(module).update(what)

def grant(**what):
    return types.SimpleNamespace(**what)

store = grant(open=lambda name: asked.append(name))
imports = {"atomics": grant(), "types": grant(), "host_keyvalue_store": store}
imports["monotonic_clock"] = grant(now=lambda: 42)
imports["wall_clock"] = grant(now=lambda: grant(seconds=1, nanoseconds=0))
imports["context"] = grant(attempt=lambda: 1, host=lambda: "h")
imports["host_config_store"] = grant(get=lambda key: None, get_all=lambda: [])
imports["logging"] = grant(Level=range(6), log=lambda *said: asked.append(said))
imports["random"] = grant(get_random_u64=lambda: 7, get_random_bytes=bytes)
asked = []
stub("componentize_py_types", Err=Err)
stub("wit_world")
stub("wit_world.imports", **imports)

from tourbillon import _memory, _runtime, _wasm

def refused(error, call, *arguments):
    try:
        call(*arguments)
    except error as e:
        return str(e)
    raise AssertionError(f"{call} was not refused")
"""


class ComponentTest(unittest.TestCase):
    def check(self, script: str) -> None:
        check(self, BEFORE, script)

    def test_the_host_is_not_asked_before_there_is_one(self) -> None:
        self.check("""
            calls = [(_wasm.log, 0, "", ""), (_wasm.config_get, "k"), (_wasm.config_all,), (_wasm.Bucket, "b")]
            calls += [(_wasm.context_text, "host"), (_wasm.context_number, "attempt")]
            for call in calls:
                told = refused(RuntimeError, *call)
                assert told.startswith("there is no host before the component is made: call it in init_host"), told
            assert asked == []
            _runtime.go_live()
            for call in calls:
                call[0](*call[1:])
            assert asked == [(0, "", ""), "b"]
        """)

    def test_random_is_seeded_by_the_host(self) -> None:
        self.check("""
            _runtime.prepare()
            assert random.Random().random() != random.Random().random()
            _runtime.go_live()
            seven = random.Random(7).random()
            assert random.Random(8).random() != random.Random().random() == random.Random(None).random() == seven
            assert random.random() == seven
            for seed in (random.seed, seed_by_name):
                seed()
                assert random.random() == seven
                seed(8)
                assert random.random() != seven
        """)

    def test_what_reaches_for_files_or_input_fails(self) -> None:
        self.check("""
            _runtime.prepare()
            assert os.stat(".") == taken_by_name(".") and os.path.exists(".") and os.access(".", os.F_OK)
            _runtime.go_live()
            told = "a manager has no files: keep data in the store"
            for call in (os.stat, taken_by_name, os.lstat, os.listdir, os.scandir, os.mkdir, os.remove, os.unlink,
                         os.rmdir, os.readlink, os.statvfs, open, io.open, os.makedirs):
                assert told in refused(OSError, call, "/x"), call
            for call, *rest in ((os.open, 0), (os.rename, "b"), (os.replace, "b"), (os.chmod, 0), (os.truncate, 0)):
                assert told in refused(OSError, call, "a", *rest) and refused(OSError, call, "a", *rest).endswith("'a'")
            assert told in refused(OSError, os.listdir) and told in refused(OSError, os.utime, b"a")
            assert not os.path.exists(".") and not os.path.isdir(".") and not os.access(".", os.F_OK)
            assert not os.isatty(0) and list(os.walk(".")) == []
            assert refused(EOFError, input, "?").startswith("a manager has nobody to ask")
            assert sys.stdin.read() == ""
        """)

    def test_a_stream_that_was_taken_before_is_logged_too(self) -> None:
        self.check("""
            logging.basicConfig(format="own: %(message)s")
            taken = sys.stdout
            _runtime.prepare()
            _runtime.go_live()
            logging.warning("low on disk")
            print("printed", file=taken)
            assert [line.message for line in _memory.current.log] == ["own: low on disk", "printed"]
        """)


if __name__ == "__main__":
    unittest.main()
