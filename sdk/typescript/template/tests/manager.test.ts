// The manager's tests: a small host in memory, no WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Harness } from "@tourbillon/sdk/testing";

import Greeter from "../src/manager.ts";

test("greets on every tick and reports on every third", () => {
  const harness = new Harness(Greeter, { config: { greeting: "good day" } });
  harness.initHost();
  harness.takeLog();
  for (const { task, outcome } of harness.ticks(3)) assert.ok(outcome.ok, task);
  assert.deepEqual(
    harness.takeLog().map(({ message }) => message),
    [
      "good day, tick 1: greeting 1",
      "good day, tick 2: greeting 2",
      "good day, tick 3: greeting 3",
      "3 greetings so far",
    ],
  );
});
