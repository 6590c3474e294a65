// What a task is told about its run, and what it may ask.

import { host } from "./host.ts";

/** One run: one execution of one task at one tick. */
export interface Run {
  /**
   * The run's identity, `manager/task/tick`. A repeated run carries the same: whoever writes
   * outside of the key-value store can drop duplicates by it.
   */
  readonly id: string;
  /** The name of the task. */
  readonly task: string;
  /** The manager's tick, counted from 1. It never goes back. Exact up to 2^53. */
  readonly tick: number;
  /**
   * When the tick was due, in milliseconds since the Unix epoch, as `Date` counts them. Under
   * simulation this is simulated time: a task should measure by it and not by a clock.
   */
  readonly scheduledAtMs: number;
}

/**
 * What a manager may ask about the run in progress; each is one call to the host.
 *
 * Outside of a run `manager`, `host` and `fence` answer; the rest are 0 or empty. Numbers are exact
 * up to 2^53 and rounded beyond.
 */
export const context = {
  /** The manager's name on this host. */
  manager: (): string => host().context.manager(),
  /** The name of the host. */
  host: (): string => host().context.host(),
  /** 1, or 2 where a run that was lost with its host is repeated (`on_lost = "repeat"`). */
  attempt: (): number => host().context.attempt(),
  /**
   * The host's fencing number; it grows with every start of a host. A sink that remembers the
   * highest one can refuse writers of the past.
   */
  fence: (): number => host().context.fence(),
  /** What started this run: `schedule` or `operator`. */
  trigger: (): string => host().context.trigger(),
  /** The fuel granted to this run. */
  fuelGranted: (): number => host().context.fuelGranted(),
  /** The fuel that is left of it. */
  fuelLeft: (): number => host().context.fuelLeft(),
  /** This run's time limit in milliseconds, from entry, without the time it waited for a core. */
  timeLimitMs: (): number => host().context.timeLimitMs(),
  /** How many ticks were missed directly before this one. */
  missedBefore: (): number => host().context.missedBefore(),
} as const;

/**
 * Ends the run with a trap: the message is logged as critical with a trace, the outcome is `trap`,
 * and the host drops this instance. For what must never happen; a failure is thrown instead.
 */
export function abort(message: string): never {
  const error = new Error(message);
  return host().abort(error);
}
