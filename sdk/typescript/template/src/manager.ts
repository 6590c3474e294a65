// {{name}}: a manager with two periodic tasks. The default export is the class that the host runs.

import { Bucket, config, log, Manager, periodicTask, type Run } from "@tourbillon/sdk";

import { version } from "../package.json";

/** An instance may be dropped and made anew at any time: what must last goes into the store. */
export default class Greeter extends Manager {
  private greeting = "hello";

  /** Called once for each new instance, before its first task. */
  override initHost(host: string): void {
    this.greeting = config.get("greeting") ?? this.greeting;
    log.info(`{{name}} begins on ${host}`);
  }

  override serviceVersion(): string {
    return version;
  }

  @periodicTask({ runImmediately: true, summary: "Greets, and counts how often, on every tick." })
  greet(run: Run): void {
    const greetings = Bucket.own().increment("greetings");
    log.info(`${this.greeting}, tick ${run.tick}: greeting ${greetings}`);
  }

  /** On one tick of three, since two are skipped between two runs. */
  @periodicTask({ ticksBetweenRuns: 2, summary: "Says how things stand." })
  report(): void {
    const greetings = Bucket.own().getText("greetings") ?? "no";
    log.info(`${greetings} greetings so far`);
  }
}
