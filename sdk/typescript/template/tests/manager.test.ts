// The manager's tests: a small host in memory, no WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Harness } from "@tourbillon/sdk/testing";

import MyManager from "../src/manager.ts";

test("counts on every tick and reports on every fourth", () => {
  const harness = new Harness(MyManager, { config: { greeting: "good day" } });
  harness.initHost();
  for (const { task, outcome } of harness.ticks(5)) assert.ok(outcome.ok, task);
  assert.equal(harness.text("count"), "5");
  assert.deepEqual(
    harness.takeLog().map(({ message }) => message),
    ["ready on test", "good day at tick 1: 1 counted", "good day at tick 5: 5 counted"],
  );
});
