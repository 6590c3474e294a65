// A manager is ordinary TypeScript: the SDK brings a small host along, so this needs no WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Harness } from "@tourbillon/sdk/testing";

import Janitor from "../src/manager.ts";

test("records live as long as the retention", () => {
  const janitor = new Harness(Janitor, {
    config: { retention: "30s", intake: "1" },
    everyMs: 10_000,
  });
  janitor.initHost();
  for (const { task, outcome } of janitor.ticks(12)) assert.ok(outcome.ok, task);
  // Tick 12 is at 120 s: what came in before 90 s, at the ticks 1 to 8, is gone.
  assert.equal(janitor.text("swept"), "8");
  assert.equal(janitor.takeLog().at(-1)?.message, "4 records kept, 8 swept so far");
});

test("a record is what it is in every language", () => {
  const janitor = new Harness(Janitor, { config: { intake: "1" } });
  janitor.initHost();
  janitor.tick();
  assert.deepEqual(janitor.keys(), ["record/000000000001-0"]);
  assert.equal(
    janitor.text("record/000000000001-0"),
    '{"created_ms":10000,"payload":10451216379200822465}',
  );
});

test("a bad retention is named", () => {
  const janitor = new Harness(Janitor, { config: { retention: "a week" } });
  assert.throws(() => janitor.initHost(), /^Error: ConfigError: config retention = "a week": unknown unit/);
});

test("a broken record fails the sweep, which keeps nothing", () => {
  const janitor = new Harness(Janitor);
  janitor.initHost();
  janitor.ticks(2);
  janitor.store("record/broken", "{");
  const sweep = janitor.tick().find(({ task }) => task === "sweep");
  assert.ok(sweep !== undefined && !sweep.outcome.ok);
  assert.match(sweep.outcome.message, /^cannot sweep: StoreError: value of key "record\/broken": /);
  assert.equal(janitor.text("swept"), undefined);
});
