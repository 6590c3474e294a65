// The manager that the conformance manager inherits from.

import { log, Manager, periodicTask } from "@tourbillon/sdk";

export class Base extends Manager {
  @periodicTask({ summary: "Inherited as it is" })
  inherited(): void {
    log.info("inherited");
  }

  @periodicTask({ ticksBetweenRuns: 1, summary: "Of the base" })
  overridden(): void {
    log.info("base");
  }

  @periodicTask({ ticksBetweenRuns: 3, runImmediately: true, summary: "Runs on the first tick" })
  immediate(): void {
    log.info("immediate");
  }

  @periodicTask({ ticksBetweenRuns: 1, runImmediately: true, summary: "Of the base" })
  kept(): void {
    log.info("kept");
  }
}
