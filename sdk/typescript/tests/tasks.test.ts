// Declarations of tasks, inheritance, and what tasks may return.

import assert from "node:assert/strict";
import { test } from "node:test";

import { log, Manager, periodicTask, skip, TaskError, type Run, type Skip } from "@tourbillon/sdk";
import { Harness } from "@tourbillon/sdk/testing";

class Grandparent extends Manager {
  @periodicTask a(): void {
    log.info("a of the grandparent");
  }
  @periodicTask() b(): void {}
}

class Parent extends Grandparent {
  @periodicTask c(): void {}
  @periodicTask({ ticksBetweenRuns: 1 }) override a(): void {
    log.info("a of the parent");
    super.a();
  }
}

class Child extends Parent {
  @periodicTask d(): void {}
  @periodicTask({ ticksBetweenRuns: 2 }) override c(): void {}
  // No decorator: another deed on the parent's schedule.
  override b(): void {
    log.info("b of the child");
  }
}

const shape = (manager: new () => Manager) =>
  new Harness(manager).tasks.map(({ name, ticksBetweenRuns }) => [name, ticksBetweenRuns]);

test("s05 inherited tasks come first, in declared order", () => {
  assert.deepEqual(shape(Child), [["a", 1], ["b", 0], ["c", 2], ["d", 0]]);
});

test("s06 a child replaces in place and never changes its parent", () => {
  assert.deepEqual(shape(Parent), [["a", 1], ["b", 0], ["c", 0]]);
  assert.deepEqual(shape(Grandparent), [["a", 0], ["b", 0]]);
  class Silent extends Grandparent {}
  assert.deepEqual(shape(Silent), shape(Grandparent));
});

test("the method that runs is the child's", () => {
  const child = new Harness(Child);
  child.ticks(2);
  assert.deepEqual(
    child.takeLog().map(({ message, context }) => `${context}: ${message}`),
    [
      "Child: b of the child",
      "Child: a of the parent",
      "Child: a of the grandparent",
      "Child: b of the child",
    ],
  );
});

test("s06 a duplicate names the task", () => {
  assert.throws(() => {
    class Twice extends Manager {
      @periodicTask sweep(): void {}
      @periodicTask({ name: "sweep" }) again(): void {}
    }
    return Twice;
  }, /two tasks of the name sweep/);
});

test("another name replaces as well", () => {
  class Renamed extends Grandparent {
    @periodicTask({ name: "a", ticksBetweenRuns: 7 }) other(): void {}
  }
  assert.deepEqual(shape(Renamed), [["a", 7], ["b", 0]]);
});

test("names are those of methods, with - before what was a capital", () => {
  class Named extends Manager {
    @periodicTask sweepOldRecords(): void {}
    @periodicTask({ name: "x.y_z-9" }) other(): void {}
  }
  assert.deepEqual(shape(Named), [["sweep-old-records", 0], ["x.y_z-9", 0]]);
});

test("wrong names, numbers and places are refused when the class is made", () => {
  const declare = (options: object) => () => {
    class Wrong extends Manager {
      @periodicTask(options) task(): void {}
    }
    return Wrong;
  };
  for (const name of ["", "A", "9", "a b", "a".repeat(65), "ä", "-a"]) {
    assert.throws(declare({ name }), /cannot be called/, name);
  }
  declare({ name: "a".repeat(64) })();
  for (const ticksBetweenRuns of [-1, 0.5, 2 ** 32, Number.NaN]) {
    assert.throws(declare({ ticksBetweenRuns }), /ticksBetweenRuns of the task task is/);
  }
  const misspelt = '@periodicTask of task takes no option "ticksBetwenRuns", but ticksBetweenRuns, ' +
    "runImmediately, name, summary";
  assert.throws(declare({ ticksBetwenRuns: 3 }), { name: "TypeError", message: misspelt });
  assert.throws(declare({ runImmediately: "yes" }), /runImmediately is a boolean, not a string/);
  assert.throws(declare({ summary: 5 }), /summary is a string, not a number/);
  assert.throws(() => {
    class Hidden extends Manager {
      @periodicTask _task(): void {}
    }
    return Hidden;
  }, /"_task"/);
});

class Returns extends Manager {
  readonly runs: Run[] = [];

  @periodicTask nothing(): void {}
  @periodicTask rest(run: Run): Skip | undefined {
    this.runs.push(run);
    return run.tick === 1 ? skip(2) : undefined;
  }
  @periodicTask fail(): void {
    throw new TaskError("no", { ticksToSkip: 3, cause: new TaskError("that is why") });
  }
}

test("s10 a delay is asked for with success or failure", () => {
  const harness = new Harness(Returns);
  assert.deepEqual(harness.tick(), [
    { task: "nothing", outcome: { ok: true, ticksToSkip: undefined } },
    { task: "rest", outcome: { ok: true, ticksToSkip: 2 } },
    { task: "fail", outcome: { ok: false, message: "no: that is why", ticksToSkip: 3 } },
  ]);
  const later = harness.ticks(4).map(({ task }) => task);
  assert.deepEqual(later, ["nothing", "nothing", "nothing", "rest", "nothing", "rest", "fail"]);
  assert.deepEqual(harness.manager.runs[0], {
    id: "test/rest/1",
    task: "rest",
    tick: 1,
    scheduledAtMs: 10_000,
  });
  assert.throws(() => skip(-1), RangeError);
  assert.throws(() => new TaskError("x", { ticksToSkip: 1.5 }), RangeError);
  const misspelt = { tickToSkip: 1 } as object;
  assert.throws(() => new TaskError("x", misspelt), /TaskError takes no option "tickToSkip"/);
});

test("what no task may return is a failure that says so", () => {
  class Odd extends Manager {
    // @ts-expect-error -- a number is no delay: skip(5) is
    @periodicTask number(): number {
      return 5;
    }
    // @ts-expect-error -- a promise is no outcome either
    @periodicTask later(): Promise<void> {
      return Promise.resolve();
    }
    override initHost(): void {
      return Promise.resolve() as unknown as undefined;
    }
  }
  const odd = new Harness(Odd);
  const [number, later] = odd.tick();
  const words = "the task number returned a number: return nothing, or skip(n) to skip n ticks";
  assert.deepEqual(number?.outcome, { ok: false, message: `TypeError: ${words}`, ticksToSkip: undefined });
  assert.match(JSON.stringify(later), /the task later: a promise was returned, but a run ends .* remove async/);
  assert.throws(() => odd.initHost(), /initHost: a promise was returned/);
});

test("a task that is async is refused when its class is made, and says what to do", () => {
  const words = "the task later is async, but a run ends when its method returns, and nothing that it " +
    "awaits ever comes: remove async and await, for nothing of the SDK is to be awaited";
  assert.throws(() => {
    class Async extends Manager {
      // @ts-expect-error -- tasks are not async
      @periodicTask async later(): Promise<void> {}
    }
    return Async;
  }, { name: "TypeError", message: words });
  assert.throws(() => {
    class Async extends Manager {
      // @ts-expect-error -- nor is one with options
      @periodicTask({ name: "later" }) async *sooner() {}
    }
    return Async;
  }, { message: words });
  assert.throws(() => {
    class Generating extends Manager {
      // @ts-expect-error -- nor one that yields
      @periodicTask *slowly() {}
    }
    return Generating;
  }, /the task slowly is a generator/);
  class Base extends Manager {
    @periodicTask later(): void {}
    @periodicTask({ name: "hidden" }) #hidden(): void {}
    twice(): void {
      this.#hidden();
    }
  }
  // The compiler of types allows it where the parent's method returns nothing.
  class Child extends Base {
    override async later(): Promise<void> {}
  }
  assert.equal(new Harness(Base).tick().every(({ outcome }) => outcome.ok), true);
  assert.throws(() => new Harness(Child), { message: words });
});

test("of a task that is not there it is told which are", () => {
  const harness = new Harness(Grandparent);
  const message = 'this manager has no task "c"; it has: a, b';
  assert.deepEqual(harness.trigger("c"), { ok: false, message, ticksToSkip: undefined });
  const [line] = harness.takeLog();
  assert.equal(line?.message, `c failed at a place unknown: ${message}`);
});

test("a first run is at tick N+1, or at once", () => {
  class Schedules extends Manager {
    @periodicTask({ ticksBetweenRuns: 2 }) late(): void {}
    @periodicTask({ ticksBetweenRuns: 2, runImmediately: true }) early(): void {}
  }
  const harness = new Harness(Schedules);
  const due = [1, 2, 3, 4, 5, 6].map(() => harness.tick().map(({ task }) => task).join());
  assert.deepEqual(due, ["early", "", "late", "early", "", "late"]);
});
