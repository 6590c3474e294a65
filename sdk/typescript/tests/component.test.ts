// What only a component has: a clock and random numbers of the host, sources behind a bundle, a
// runtime without imports, and a copy of the WIT package.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { trace, withTrace } from "../src/trace.ts";
import { dateOf, performanceOf, randomOf } from "../src/wasm/clock.ts";
import { mayLackMemory } from "../src/wasm/exhaustion.ts";
// @ts-expect-error -- a tool in plain JavaScript, without declarations
import { sourceTable } from "../tools/sources.mjs";

test("Date asks another clock, and is a Date all the same", () => {
  const Clocked = dateOf(Date, () => 86_400_000);
  assert.equal(Clocked.now(), 86_400_000);
  assert.equal(new Clocked().toISOString(), "1970-01-02T00:00:00.000Z");
  assert.equal(new Clocked(0).getTime(), 0);
  assert.equal(new Clocked("2026-11-22T08:00:07Z").getTime(), Date.UTC(2026, 10, 22, 8, 0, 7));
  assert.ok(new Clocked() instanceof Clocked && new Clocked() instanceof Date);
  assert.equal(Clocked.UTC(1970, 0, 2), 86_400_000);
  assert.match(Clocked(), /1970/);
});

test("performance asks another clock, from the epoch on, and in fractions of milliseconds", () => {
  const clocked = performanceOf(() => 86_400_000.25);
  assert.equal(clocked.timeOrigin + clocked.now(), 86_400_000.25);
});

test("random numbers follow their seed and fill the interval", () => {
  const random = randomOf(() => 7);
  const again = randomOf(() => 7);
  let sum = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const number = random();
    assert.equal(number, again());
    assert.ok(number >= 0 && number < 1);
    sum += number;
  }
  assert.ok(Math.abs(sum / 10_000 - 0.5) < 0.02);
});

test("a null is the manager's where memory that the run cannot have filled is to be had", () => {
  const run = (used: number) => ({ fuelGranted: () => 100_000_000, fuelLeft: () => 100_000_000 - used });
  const asked: number[] = [];
  const plenty = (bytes: number) => asked.push(bytes);
  assert.equal(mayLackMemory(run(150_000), plenty), false);
  assert.deepEqual(asked, [300_000]);
  assert.equal(mayLackMemory(run(150_000)), false);
  const none = () => {
    throw new RangeError("no memory");
  };
  assert.equal(mayLackMemory(run(150_000), none), true);
  // Too much was used to try as much, or it is not known, as in initHost.
  assert.equal(mayLackMemory(run(4_000_001), plenty), true);
  assert.equal(mayLackMemory({ fuelGranted: () => 0, fuelLeft: () => 0 }, plenty), true);
  assert.deepEqual(asked, [300_000]);
});

test("a trace leads to the sources", () => {
  const sdk = "@tourbillon/sdk/src/lifecycle.ts";
  const map = { sources: ["a.ts", "b.ts", sdk], mappings: "AAAA,IACA;;ACDA,EAEF;ACAA" };
  const table = sourceTable(map, (source: string) => source) as { files: string[]; lines: string };
  assert.deepEqual(table.lines.split(";"), ["0,0,0,4,0,1", "", "0,1,0,2,1,2", "0,2,2"]);
  const scope = globalThis as { __tourbillonSources?: unknown };
  scope.__tourbillonSources = table;
  const error = new Error("x");
  error.stack = [
    "    at inner (componentize-qjs:user.js:1:6)",
    "    at apply (native)",
    "    at outer (componentize-qjs:user.js:3:1)",
    "    at componentize-qjs:user.js:3:9",
    "    at run (componentize-qjs:user.js:4:1)",
  ].join("\n");
  assert.equal(trace(error), "inner a.ts:2, outer b.ts:1, (module) b.ts:3");
  assert.equal(withTrace("x", error), "x [inner a.ts:2, outer b.ts:1, (module) b.ts:3]");
  error.stack = "    at asked (componentize-qjs:user.js:4:1)";
  assert.equal(withTrace("x", error), "x");
  error.stack = "    at apply (native)";
  assert.equal(withTrace("x", error), "x [at apply (native)]");
  delete scope.__tourbillonSources;
});

test("the WIT package is the repository's", (t) => {
  const [own, original] = ["wit/deps", "../../wit"];
  if (!existsSync(original)) return t.skip("this is no clone of the repository");
  const read = (...path: string[]) => readFileSync(join(...path), "utf8");
  assert.equal(read(own, "tourbillon/manager.wit"), read(original, "manager.wit"));
  for (const folder of readdirSync(join(original, "deps"))) {
    for (const file of readdirSync(join(original, "deps", folder))) {
      assert.equal(read(own, folder, file), read(original, "deps", folder, file), file);
    }
  }
  return undefined;
});
