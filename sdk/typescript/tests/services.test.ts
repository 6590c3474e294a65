// Configuration, store, log, context and errors, on the host in memory.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  abort,
  Bucket,
  config,
  context,
  decodeUtf8,
  encodeUtf8,
  log,
  logger,
  Manager,
  periodicTask,
  StoreError,
  TaskError,
  toJson,
} from "@tourbillon/sdk";
import { Harness } from "@tourbillon/sdk/testing";
import { Instance } from "../src/lifecycle.ts";
import { MemoryHost } from "../src/memory.ts";

class Empty extends Manager {
  @periodicTask nothing(): void {}
}

function inHost<T>(f: () => T, options: { config?: Record<string, string>; buckets?: string[] } = {}) {
  return new Harness(Empty, options).with(f);
}

test("durations are read", () => {
  const read = (text: string) => inHost(() => config.durationMs("k"), { config: { k: text } });
  assert.equal(read("7d"), 604_800_000);
  assert.equal(read("90"), 90_000);
  assert.equal(read(" 90 s "), 90_000);
  assert.equal(read("500ms"), 500);
  assert.equal(read("2h"), 7_200_000);
  assert.equal(read("1w"), 604_800_000);
  assert.equal(read("0"), 0);
  const bad: [string, string][] = [
    ["", "expected a whole number and a unit, like 7d, 90s or 500ms"],
    ["7 days", 'unknown unit "days": use ms, s, m, h, d or w'],
    ["-1s", 'unknown unit "-1s": use ms, s, m, h, d or w'],
    ["1.5h", 'unknown unit ".5h": use ms, s, m, h, d or w'],
    ["99999999999999999999", "expected a whole number and a unit, like 7d, 90s or 500ms"],
    ["18446744073709551615w", "longer than can be counted"],
  ];
  for (const [text, reason] of bad) {
    const message = `config k = ${JSON.stringify(text)}: ${reason}`;
    assert.throws(() => read(text), { name: "ConfigError", key: "k", message });
  }
});

test("numbers are read, and a bad value names its key", () => {
  const options = { config: { n: " 42 ", neg: "-3", big: "18446744073709551615", bad: "many" } };
  inHost(() => {
    assert.equal(config.uint("n"), 42);
    assert.equal(config.int("neg"), -3);
    assert.equal(config.bigint("big"), 0xffff_ffff_ffff_ffffn);
    assert.equal(config.number("n"), 42);
    assert.equal(config.uint("absent"), undefined);
    const message = 'config bad = "many": expected a whole number from 0 to 9007199254740991';
    assert.throws(() => config.uint("bad"), { message });
    assert.throws(() => config.uint("neg"), /from 0 to/);
    assert.throws(() => config.int("big"), /from -9007199254740991 to 9007199254740991/);
    assert.throws(() => config.bool("bad"), /expected true or false/);
    assert.throws(() => config.number("bad"), /expected a number/);
    assert.equal(config.all().get("bad"), "many");
  }, options);
});

test("a bucket keeps what it is given", () => {
  inHost(() => {
    const bucket = Bucket.own();
    assert.equal(bucket.get("k"), undefined);
    bucket.set("k", "v");
    assert.equal(bucket.getText("k"), "v");
    assert.ok(bucket.exists("k"));
    bucket.delete("k");
    bucket.delete("k");
    assert.ok(!bucket.exists("k"));
    bucket.set("ключ/🦀", "значение ✓ 漢字");
    assert.equal(bucket.getText("ключ/🦀"), "значение ✓ 漢字");
    bucket.set("bad", Uint8Array.of(0xff));
    assert.throws(() => bucket.getText("bad"), {
      kind: "invalid",
      message: 'value of key "bad": not UTF-8',
    });
    assert.throws(() => bucket.get("\ud800"), { kind: "invalid" });
    // What the compiler of types would refuse, from whom it does not ask.
    const untyped = bucket as unknown as { set(key: unknown, value: unknown): void };
    assert.throws(() => untyped.set("n", 5), /the value of key "n" is a number: set takes text or/);
    assert.throws(() => untyped.set("n", [1]), /is an object of Array/);
    assert.throws(() => untyped.set("n", undefined), /is undefined/);
    assert.throws(() => untyped.set(5, "n"), /a key is text, not a number/);
    assert.ok(!bucket.exists("n"));
  });
});

test("numbers are decimal text", () => {
  inHost(() => {
    const bucket = Bucket.own();
    assert.equal(bucket.increment("n", 2), 2);
    assert.equal(bucket.increment("n"), 3);
    assert.equal(bucket.getText("n"), "3");
    assert.equal(bucket.getNumber("n"), 3);
    assert.equal(bucket.getNumber("absent"), undefined);
    for (const text of ["", "-1", " 1", "1e3", "9007199254740992", "9".repeat(5_000), "five"]) {
      bucket.set("n", text);
      const message = 'value of key "n": expected a whole number from 0 to 9007199254740991';
      assert.throws(() => bucket.getNumber("n"), { kind: "invalid", message }, text);
    }
    assert.throws(() => bucket.increment("n"), {
      kind: "other",
      message: "the store failed: the value is not a decimal number",
    });
    bucket.set("n", "18446744073709551615");
    assert.throws(() => bucket.increment("n"), {
      kind: "other",
      message: "the store failed: the sum does not fit into 64 bits",
    });
    bucket.set("n", String(Number.MAX_SAFE_INTEGER));
    assert.throws(() => bucket.increment("n"), /above 2\^53-1/);
    assert.throws(() => bucket.increment("n", -1), RangeError);
  });
});

test("deleting while listing skips no key", () => {
  inHost(() => {
    const bucket = Bucket.own();
    // More than the host gives on one page.
    for (let n = 0; n < 2_500; n += 1) bucket.set(String(n).padStart(4, "0"), "");
    const seen: string[] = [];
    for (const key of bucket.keys()) {
      bucket.delete(key);
      seen.push(key);
    }
    assert.equal(seen.length, 2_500);
    assert.deepEqual(seen, [...seen].sort());
    assert.deepEqual([...bucket.keys()], []);
  });
});

test("keys come in the order of their bytes", () => {
  inHost(() => {
    for (const key of ["\uffee", "🦀", "a"]) Bucket.own().set(key, "");
    assert.deepEqual([...Bucket.own().keys()], ["a", "\uffee", "🦀"]);
  });
});

test("other buckets are granted, or refused", () => {
  inHost(() => {
    Bucket.open("shared").set("k", "v");
    assert.equal(Bucket.own().get("k"), undefined);
    assert.throws(() => Bucket.open("other"), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.kind, "no-such-store");
      assert.equal(error.message, 'no bucket "other" is granted to this manager');
      return true;
    });
  }, { buckets: ["shared"] });
});

test("json is written without spaces, with numbers of 64 bits", () => {
  inHost(() => {
    const bucket = Bucket.own();
    bucket.setJson("k", { created_ms: 1, payload: 0xffff_ffff_ffff_ffffn, list: [-1n, "2n"] });
    assert.equal(
      bucket.getText("k"),
      '{"created_ms":1,"payload":18446744073709551615,"list":[-1,"2n"]}',
    );
    assert.equal(bucket.getJson<{ created_ms: number }>("k")?.created_ms, 1);
    bucket.set("k", "{");
    assert.throws(() => bucket.getJson("k"), { kind: "invalid" });
    const known = "cannot be written as JSON, which knows null, booleans, numbers, texts, arrays and objects";
    const nothing = `value of key "k": undefined ${known}`;
    assert.throws(() => bucket.setJson("k", undefined), { kind: "invalid", message: nothing });
    assert.throws(() => bucket.setJson("k", () => 1), { message: `value of key "k": a function ${known}` });
  });
  assert.throws(() => toJson({ a: "\0bigint:1\0", b: 1n }), TypeError);
});

test("text becomes UTF-8 and back", () => {
  for (const text of ["", "a", "значение ✓ 漢字 🦀", "\0", "x".repeat(20_000)]) {
    const bytes = encodeUtf8(text);
    assert.deepEqual(bytes, new TextEncoder().encode(text));
    assert.equal(decodeUtf8(bytes), text);
  }
  assert.equal(decodeUtf8(encodeUtf8("\ud800")), "\ufffd");
  for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assert.throws(() => decodeUtf8(Uint8Array.from(bad)), URIError);
  }
});

test("what a failed run stored is undone, and errors are told and traced", () => {
  class Failing extends Manager {
    @periodicTask fail(): void {
      Bucket.own().set("poison", "1");
      throw new TypeError("uncaught\non purpose", { cause: "a cause" });
    }
    @periodicTask abort(): void {
      abort("never");
    }
    @periodicTask odd(): void {
      throw { some: "thing" };
    }
    @periodicTask limit(): void {
      config.uint("limit");
    }
    @periodicTask caused(): void {
      try {
        Bucket.open("other");
      } catch (cause) {
        throw new TaskError("cannot open", { cause });
      }
    }
  }
  const harness = new Harness(Failing, { config: { limit: "many" } });
  const messages = harness.tick().map(({ outcome }) => (outcome.ok ? "" : outcome.message));
  assert.deepEqual(messages, [
    "TypeError: uncaught on purpose: a cause",
    "Error: never",
    'a task threw {"some":"thing"}',
    'ConfigError: config limit = "many": expected a whole number from 0 to 9007199254740991',
    'cannot open: StoreError: no bucket "other" is granted to this manager',
  ]);
  assert.equal(harness.text("poison"), undefined);
  const [traced, critical] = harness.takeLog("error");
  assert.equal(traced?.context, "exception");
  assert.match(traced?.message ?? "", /^TypeError: uncaught on purpose: a cause \[at .*services\.test\.ts/);
  assert.deepEqual([critical?.level, critical?.message], ["critical", "Error: never"]);
});

test("a thrown null is a failure, unless the engine may have thrown it", () => {
  class Empty extends Manager {
    @periodicTask nothing(): void {
      throw null;
    }
    @periodicTask undef(): void {
      throw undefined;
    }
  }
  const outcomes = new Harness(Empty).tick().map(({ outcome }) => outcome);
  const failed = (what: string) => ({ ok: false, message: `a task threw ${what}`, ticksToSkip: undefined });
  assert.deepEqual(outcomes, [failed("null"), failed("undefined")]);

  class Short extends MemoryHost {
    override mayLackMemory(): boolean {
      return true;
    }
  }
  const run = { id: "test/nothing/1", task: "nothing", tick: 1, scheduledAtMs: 0 };
  const words =
    "the task nothing ended with null, which the engine throws where it gets no memory, and the manager if " +
    "it says `throw null`: hold less or grant more memory in the first case, throw an Error in the second";
  const host = new Short({}, []);
  assert.throws(() => new Instance(Empty, host).run(run), { name: "RangeError", message: words });
  assert.equal(host.takeLog("critical")[0]?.message, `RangeError: ${words}`);
});

test("an error of many tells the first of them, each cut, and how many more there are", () => {
  const told = (errors: unknown[], options?: ErrorOptions) => {
    class Failing extends Manager {
      @periodicTask fail(): void {
        throw new AggregateError(errors, "two failed", options);
      }
    }
    const [ran] = new Harness(Failing).tick();
    return ran?.outcome.ok === false ? ran.outcome.message : "";
  };
  const two = [new TypeError("a\nb"), new TaskError("c", { cause: "not told" })];
  assert.equal(told(two), "AggregateError: two failed: TypeError: a b; c");
  assert.equal(told(two, { cause: "why" }), "AggregateError: two failed: TypeError: a b; c: why");
  assert.equal(told([]), "AggregateError: two failed");
  const many = ["x".repeat(201), null, new AggregateError(["within"], "inner"), 4, 5];
  const first = `${"x".repeat(200)}…; null; AggregateError: inner; and 2 more`;
  assert.equal(told(many), `AggregateError: two failed: ${first}`);
});

test("a failed initHost undoes what it stored", () => {
  class Unready extends Manager {
    override initHost(host: string): void {
      Bucket.own().set("k", host);
      config.uint("k");
      throw new Error("not yet");
    }
  }
  const harness = new Harness(Unready);
  assert.throws(() => harness.initHost(), /not yet/);
  assert.equal(harness.text("k"), undefined);
});

test("log lines have a level and a context", () => {
  const harness = new Harness(Empty);
  harness.with(() => {
    for (const level of ["trace", "debug", "info", "warn", "error", "critical"] as const) {
      log[level](`at ${level}`);
    }
    logger("elsewhere").log("warn", "careful");
  });
  const lines = harness.takeLog("error");
  assert.deepEqual(lines, [
    { level: "error", context: "Empty", message: "at error" },
    { level: "critical", context: "Empty", message: "at critical" },
  ]);
});

test("the context knows the run in progress", () => {
  class Asking extends Manager {
    seen: unknown[] = [];
    @periodicTask ask(): void {
      this.seen = [context.manager(), context.host(), context.attempt(), context.trigger()];
      this.seen.push(context.fence(), context.fuelGranted(), context.missedBefore());
    }
  }
  const harness = new Harness(Asking);
  harness.tick();
  assert.deepEqual(harness.manager.seen, ["test", "test", 1, "schedule", 1, 100_000_000, 0]);
  harness.trigger("ask");
  assert.equal(harness.manager.seen[3], "operator");
  assert.equal(harness.with(() => context.attempt()), 0);
});

test("without a host the SDK says where it may be asked", () => {
  assert.throws(() => Bucket.own(), /there is no host here/);
});
