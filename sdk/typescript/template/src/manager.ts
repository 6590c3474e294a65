// The manager {{name}}: its default export is the class that the host runs.

import { Bucket, config, log, Manager, periodicTask, type Run } from "@tourbillon/sdk";

import { version } from "../package.json";

/** Fields are a cache: the host may replace an instance. What must last goes to the store. */
export default class MyManager extends Manager {
  private greeting = "hello";

  override initHost(host: string): void {
    this.greeting = config.get("greeting") ?? this.greeting;
    log.info(`ready on ${host}`);
  }

  override serviceVersion(): string {
    return version;
  }

  @periodicTask({ summary: "Counts its runs in the store." })
  count(): void {
    Bucket.own().increment("count");
  }

  @periodicTask({ ticksBetweenRuns: 3, runImmediately: true, summary: "Logs the count." })
  report(run: Run): void {
    const count = Bucket.own().getText("count") ?? "0";
    log.info(`${this.greeting} at tick ${run.tick}: ${count} counted`);
  }
}
