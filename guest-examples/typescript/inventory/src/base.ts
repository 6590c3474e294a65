// A manager that others inherit from: it counts things of some kind, and knows not which.
//
// It is abstract and makes no component of its own.

import { Bucket, log, Manager, periodicTask, TaskError, type Run } from "@tourbillon/sdk";

import { version } from "../package.json";

/** The tasks that every inventory has. */
export abstract class Inventory extends Manager {
  /** What is counted, in the plural. */
  protected abstract readonly plural: string;

  /** How many there are at this tick. A real one would ask an API. */
  protected abstract observe(tick: number): number;

  override initHost(host: string): void {
    log.info(`counting ${this.plural} for ${host}`);
  }

  override serviceVersion(): string {
    return version;
  }

  @periodicTask({ runImmediately: true, summary: "Counts what is there." })
  collect(run: Run): void {
    Bucket.own().set("count", String(this.observe(run.tick)));
  }

  @periodicTask({ ticksBetweenRuns: 3, summary: "Logs the last count." })
  report(): void {
    const count = Bucket.own().getText("count");
    if (count === undefined) throw new TaskError("nothing was counted yet");
    log.info(`${count} ${this.plural}`);
  }
}
