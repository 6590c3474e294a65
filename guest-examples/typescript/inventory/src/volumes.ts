// An inventory of volumes: it replaces an inherited task, in its place.
//
// The order on a tick is `collect`, `report`, as in the parent, but `report` is the one below and
// runs on every second tick. The parent, and whoever else inherits from it, is not changed.

import { Bucket, log, periodicTask } from "@tourbillon/sdk";

import { Inventory } from "./base.ts";

/** Volumes only grow in number. */
export default class VolumeInventory extends Inventory {
  protected readonly plural = "volumes";

  protected observe(tick: number): number {
    return 100 + Math.floor(tick / 3);
  }

  @periodicTask({
    ticksBetweenRuns: 1,
    summary: "Logs the last count, and keeps how often it did.",
  })
  override report(): void {
    // The parent's task is a method like any other.
    super.report();
    const reports = Bucket.own().increment("reports");
    log.debug(`report number ${reports}`);
  }
}
