// Inherited tasks come first, and a replaced one keeps its place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Harness, type Ran } from "@tourbillon/sdk/testing";

import ServerInventory from "../src/servers.ts";
import VolumeInventory from "../src/volumes.ts";

const names = (tasks: readonly { readonly name: string }[]) => tasks.map(({ name }) => name);
const alarms = (ran: Ran[]) => ran.filter(({ task }) => task === "alarm").length;

test("inherited tasks run first", () => {
  const inventory = new Harness(ServerInventory);
  inventory.initHost();
  assert.deepEqual(
    inventory.ticks(4).map(({ task }) => task),
    ["collect", "alarm", "collect", "alarm", "collect", "alarm", "collect", "report", "alarm"],
  );
});

test("an alarm rests for five ticks", () => {
  const inventory = new Harness(ServerInventory);
  // At tick 5 there are 25 servers; the next look is at tick 11.
  assert.equal(alarms(inventory.ticks(5)), 5);
  assert.equal(alarms(inventory.ticks(5)), 0);
  assert.equal(alarms(inventory.ticks(1)), 1);
});

test("the replaced task keeps its place", () => {
  const inventory = new Harness(VolumeInventory);
  assert.deepEqual(names(inventory.tasks), ["collect", "report"]);
  assert.deepEqual(names(new Harness(ServerInventory).tasks), ["collect", "report", "alarm"]);
  inventory.ticks(4);
  assert.equal(inventory.text("reports"), "2");
});
