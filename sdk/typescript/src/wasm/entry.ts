// The component's side of a manager: what the entry that the build writes is made of.

import { Instance, type ManagerClass } from "../lifecycle.ts";
import type { Manager } from "../manager.ts";
import type { Run } from "../run.ts";
import { wellFormed } from "../utf8.ts";
import { installGlobals } from "./globals.ts";
import { wasmHost } from "./host.ts";

installGlobals();

/** The exported interface `tourbillon:manager/lifecycle` of a class of managers. */
export function lifecycleOf<M extends Manager>(manager: ManagerClass<M>) {
  const instance = new Instance(manager, wasmHost);
  return {
    initHost(host: string): void {
      const failure = instance.initHost(host);
      // The runtime hands on whatever is thrown as the error of the result.
      if (failure !== undefined) throw wellFormed(failure.message);
    },

    periodicTasks: () =>
      instance.tasks.map((task) => ({ ...task, summary: wellFormed(task.summary) })),

    runPeriodicTask(run: Run): number | null {
      const outcome = instance.run(run);
      if (outcome.ok) return outcome.ticksToSkip ?? null;
      throw { message: wellFormed(outcome.message), ticksToSkip: outcome.ticksToSkip ?? null };
    },

    serviceVersion: (): string => answer(() => instance.with((m) => wellFormed(m.serviceVersion()))),

    serviceConfig: (): [string, string][] =>
      answer(() =>
        instance.with((m) =>
          Array.from(m.serviceConfig(), ([name, value]) => [wellFormed(name), wellFormed(value)]),
        ),
      ),
  };
}

/** These two can return no error: a thrown one ends the call with a trap, after it was logged. */
function answer<T>(f: () => T): T {
  try {
    return f();
  } catch (thrown) {
    return wasmHost.abort(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }
}
