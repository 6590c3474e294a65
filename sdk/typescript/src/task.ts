// The decorator of tasks, and how a manager's own tasks join those that it inherits (S5 and S6).

import { checkOptions, checkTicks, kindOf } from "./errors.ts";
import type { Manager } from "./manager.ts";
import type { Run } from "./run.ts";

/** How a task is scheduled and shown. */
export interface TaskOptions {
  /**
   * How many ticks are skipped between two runs: 0 (the default) runs on every tick, N on every
   * (N+1)-th. A whole number from 0 to 2^32-1.
   */
  readonly ticksBetweenRuns?: number;
  /** Whether the first run is at the first tick; otherwise (the default) it is at tick N+1. */
  readonly runImmediately?: boolean;
  /**
   * 1 to 64 of `a-z 0-9 . _ -`, starting with a letter. By default the method's name, with `-x` for
   * each capital `X`: `sweepOldRecords` becomes `sweep-old-records`.
   */
  readonly name?: string;
  /** One line for people; empty by default. */
  readonly summary?: string;
}

/** One declared task, as the host is told of it. */
export interface Task {
  readonly name: string;
  readonly ticksBetweenRuns: number;
  readonly runImmediately: boolean;
  readonly summary: string;
}

/** A wish of a task that succeeded: skip so many ticks, then run again, once. */
export class Skip {
  /** A whole number from 0 to 2^32-1; the host clamps it to a configured range. */
  readonly ticks: number;

  /** @throws RangeError if `ticks` is no whole number from 0 to 2^32-1 */
  constructor(ticks: number) {
    checkTicks("the number of ticks to skip", ticks);
    this.ticks = ticks;
  }
}

/** `return skip(5)` in a task: done, and leave me alone for five ticks. See {@link Skip}. */
export function skip(ticks: number): Skip {
  return new Skip(ticks);
}

/** What a task may return. A task is not async: its run ends when it returns. */
export type TaskResult = void | undefined | null | Skip;

/** A method that is a task; it takes the run if it wants it. */
export type TaskMethod<This extends Manager = Manager> = (this: This, run: Run) => TaskResult;

/** A declared task and the way to its method, which follows what a child class overrides. */
export interface BoundTask extends Task {
  readonly method: (manager: Manager) => TaskMethod;
  /** What the method is called in its class. */
  readonly key: string | symbol;
}

type Context<This extends Manager> = ClassMethodDecoratorContext<This, TaskMethod<This>>;

const OPTIONS = ["ticksBetweenRuns", "runImmediately", "name", "summary"];

/** The decorators' table in a class's metadata: its own tasks alone. */
const OWN = Symbol.for("tourbillon.tasks");
/** Where esbuild and engines keep the metadata of a class. */
const METADATA: symbol =
  (Symbol as { readonly metadata?: symbol }).metadata ?? Symbol.for("Symbol.metadata");

/**
 * Marks a method of a {@link Manager} as a periodic task: `@periodicTask`, which runs on every tick,
 * or `@periodicTask({ ticksBetweenRuns: 3, runImmediately: true })`.
 *
 * A child class that marks a task of an inherited name replaces it, in the parent's place; the
 * parent stays what it was. A child that only overrides the method keeps the parent's schedule.
 *
 * @throws TypeError when the class is made, if the name is wrong or there twice in one class, the
 * method is async, or an option is of another name or type, so that the component cannot be built
 * @throws RangeError likewise, if `ticksBetweenRuns` is no whole number from 0 to 2^32-1
 */
export function periodicTask<This extends Manager>(
  method: TaskMethod<This>,
  context: Context<This>,
): void;
export function periodicTask(
  options?: TaskOptions,
): <This extends Manager>(method: TaskMethod<This>, context: Context<This>) => void;
export function periodicTask<This extends Manager>(
  first: TaskMethod<This> | TaskOptions = {},
  context?: Context<This>,
) {
  if (typeof first === "function") {
    declare({}, first, context as Context<This>);
    return undefined;
  }
  return <Other extends Manager>(method: TaskMethod<Other>, other: Context<Other>) =>
    declare(first, method, other);
}

/**
 * All tasks of a manager's class in the order in which they run: inherited ones first.
 *
 * @throws TypeError if the class overrides a task's method with one that cannot be a task
 */
export function tasksOf(manager: abstract new (...args: never[]) => Manager): BoundTask[] {
  const generations: BoundTask[][] = [];
  let metadata = Reflect.get(manager, METADATA) as object | null | undefined;
  while (metadata != null) {
    if (Object.hasOwn(metadata, OWN)) generations.unshift(ownTasks(metadata));
    metadata = Object.getPrototypeOf(metadata) as object | null;
  }
  const all = new Map<string, BoundTask>();
  // A Map keeps the place of a key that is set again.
  for (const task of generations.flat()) all.set(task.name, task);
  for (const { name, key } of all.values()) {
    // A private method is not there under its key, and cannot be overridden.
    checkKind(name, Reflect.get(manager.prototype as object, key));
  }
  return [...all.values()];
}

function declare<This extends Manager>(
  options: TaskOptions,
  run: TaskMethod<This>,
  context: Context<This>,
): void {
  const method = String(context.name);
  if (context.kind !== "method" || context.static) {
    throw new TypeError(`@periodicTask belongs on a method that is not static, not on ${method}`);
  }
  const what = `@periodicTask of ${method}`;
  checkOptions(what, options, OPTIONS);
  checkType(what, "name", options.name, "string");
  checkType(what, "summary", options.summary, "string");
  checkType(what, "runImmediately", options.runImmediately, "boolean");
  const name = options.name ?? kebab(method);
  checkName(name, method);
  checkKind(name, run);
  const ticksBetweenRuns = options.ticksBetweenRuns ?? 0;
  checkTicks(`ticksBetweenRuns of the task ${name}`, ticksBetweenRuns);

  const metadata: object = context.metadata;
  const own = Object.hasOwn(metadata, OWN) ? ownTasks(metadata) : [];
  if (own.some((task) => task.name === name)) {
    throw new TypeError(`this manager declares two tasks of the name ${name}`);
  }
  own.push({
    name,
    ticksBetweenRuns,
    runImmediately: options.runImmediately ?? false,
    summary: options.summary ?? "",
    method: (manager) => context.access.get(manager as This) as TaskMethod,
    key: context.name,
  });
  Object.defineProperty(metadata, OWN, { value: own, configurable: true });
}

function ownTasks(metadata: object): BoundTask[] {
  return (metadata as { [OWN]: BoundTask[] })[OWN];
}

function kebab(method: string): string {
  return method.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

function checkType(what: string, option: string, value: unknown, type: string): void {
  if (value === undefined || typeof value === type) return;
  throw new TypeError(`${what}: ${option} is a ${type}, not ${kindOf(value)}`);
}

/** A run is one call that ends: nobody comes back to what was left for later. */
function checkKind(name: string, method: unknown): void {
  const kind = Object.prototype.toString.call(method);
  if (kind === "[object AsyncFunction]" || kind === "[object AsyncGeneratorFunction]") {
    throw new TypeError(
      `the task ${name} is async, but a run ends when its method returns, and nothing that it awaits ` +
        "ever comes: remove async and await, for nothing of the SDK is to be awaited",
    );
  }
  if (kind === "[object GeneratorFunction]") {
    throw new TypeError(`the task ${name} is a generator, which would never run: remove the *`);
  }
}

function checkName(name: string, method: string): void {
  if (/^[a-z][a-z0-9._-]{0,63}$/.test(name)) return;
  throw new TypeError(
    `the task of the method ${method} cannot be called ${JSON.stringify(name)}: a task's name is ` +
      "1 to 64 of a-z 0-9 . _ - and starts with a letter; give it one with the option `name`",
  );
}
