// What a host calls: the functions of `tourbillon:manager/lifecycle`, for one class of manager.

import { failureOf, isDeliberate, kindOf, TaskError, type Failure } from "./errors.ts";
import { host, withHost, type Host } from "./host.ts";
import { setLogContext } from "./log.ts";
import { Manager } from "./manager.ts";
import type { Run } from "./run.ts";
import { Skip, tasksOf, type BoundTask, type Task } from "./task.ts";
import { authorFrame, withTrace } from "./trace.ts";

/** A class of managers. */
export type ManagerClass<M extends Manager = Manager> = new () => M;

/** How a run ended. */
export type Outcome =
  | { readonly ok: true; readonly ticksToSkip: number | undefined }
  | ({ readonly ok: false } & Failure);

/** One manager and its tasks, on one host. The instance is made when it is first needed. */
export class Instance<M extends Manager> {
  readonly #class: ManagerClass<M>;
  readonly #host: Host;
  readonly #tasks: BoundTask[];
  #manager: M | undefined;

  /** @throws TypeError if the class is no manager */
  constructor(manager: ManagerClass<M>, on: Host) {
    if (typeof manager !== "function" || !(manager.prototype instanceof Manager)) {
      throw new TypeError("the default export of the manager's module is no class that extends Manager");
    }
    this.#class = manager;
    this.#host = on;
    this.#tasks = tasksOf(manager);
  }

  /** The tasks in the order in which they run. */
  get tasks(): readonly Task[] {
    return this.#tasks.map(({ name, ticksBetweenRuns, runImmediately, summary }) => ({
      name,
      ticksBetweenRuns,
      runImmediately,
      summary,
    }));
  }

  /** Calls `f` with the manager. */
  with<T>(f: (manager: M) => T): T {
    return withHost(this.#host, () => {
      setLogContext(this.#class.name);
      this.#manager ??= new this.#class();
      return f(this.#manager);
    });
  }

  /** Prepares the manager; the failure, if there is one. */
  initHost(name: string): Failure | undefined {
    const outcome = this.#outcome("initHost", (manager) => manager.initHost(name));
    return outcome.ok ? undefined : outcome;
  }

  /** Runs the task that the run names. */
  run(run: Run): Outcome {
    const task = this.#tasks.find(({ name }) => name === run.task);
    return this.#outcome(run.task, (manager) => {
      if (task === undefined) throw noTask(run.task, this.#tasks);
      return task.method(manager).call(manager, run);
    }, `the task ${run.task}`);
  }

  /** `what` begins the lines of the log about a failure; `who` is the same in a sentence. */
  #outcome(what: string, f: (manager: M) => unknown, who = what): Outcome {
    return withHost(this.#host, () => {
      try {
        const returned = this.with(f);
        return { ok: true, ticksToSkip: asked(who, returned) };
      } catch (thrown) {
        // The engine's own answer where it gets no memory; after that the instance is in no state to go on.
        if (thrown === null && host().mayLackMemory()) return host().abort(nullThrown(who));
        // In this order: a failure of the log must not hide the failure of the task.
        const failure = failureOf(thrown);
        if (thrown instanceof Error && !isDeliberate(thrown)) {
          host().log("error", "exception", withTrace(failure.message, thrown));
        } else if (thrown instanceof Error) {
          const place = authorFrame(thrown) ?? "a place unknown";
          host().log("error", "failure", `${what} failed at ${place}: ${failure.message}`);
        }
        return { ok: false, ...failure };
      }
    });
  }
}

/** What there is instead is told, for the name may be a slip of the pen. */
function noTask(name: string, tasks: readonly Task[]): TaskError {
  const has = tasks.map((task) => task.name).join(", ");
  return new TaskError(`this manager has no task ${JSON.stringify(name)}; it has: ${has || "none"}`);
}

/** True of both that can have happened: the host's outcome tells which, if memory was refused. */
function nullThrown(who: string): RangeError {
  return new RangeError(
    `${who} ended with null, which the engine throws where it gets no memory, and the manager if it says ` +
      "`throw null`: hold less or grant more memory in the first case, throw an Error in the second",
  );
}

/** The delay that a task asked for with what it returned; `who` did. */
function asked(who: string, returned: unknown): number | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (returned instanceof Skip) return returned.ticks;
  if (typeof (returned as { then?: unknown }).then === "function") {
    throw new TypeError(
      `${who}: a promise was returned, but a run ends when its method returns, and nothing that it ` +
        "awaits ever comes: remove async and await, for nothing of the SDK is to be awaited",
    );
  }
  throw new TypeError(`${who} returned ${kindOf(returned)}: return nothing, or skip(n) to skip n ticks`);
}
