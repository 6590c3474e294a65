// A `Date` and a `performance` with another clock, and random numbers from a seed. No imports of a component in here.

/** The constructor `Date`, with another clock behind `Date.now()`, `new Date()` and `Date()`. */
export function dateOf(original: DateConstructor, now: () => number): DateConstructor {
  const clocked = new Proxy(original, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: (target) => new target(now()).toString(),
    get: (target, key, receiver) =>
      key === "now" ? now : (Reflect.get(target, key, receiver) as unknown),
  });
  Object.defineProperty(original.prototype, "constructor", { value: clocked });
  return clocked;
}

/** A `performance` that counts milliseconds from the Unix epoch, in fractions where the clock has them. */
export function performanceOf(now: () => number): { readonly timeOrigin: number; readonly now: () => number } {
  return { timeOrigin: 0, now };
}

/** Random numbers (mulberry32) from a seed that is asked for when the first one is wanted. */
export function randomOf(seed: () => number): () => number {
  let state: number | undefined;
  const next = () => {
    state = ((state ?? seed()) + 0x6d2b_79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  };
  // 53 bits: the upper 27 of one number and the upper 26 of the next.
  return () => ((next() >>> 5) * 0x400_0000 + (next() >>> 6)) / 0x20_0000_0000_0000;
}
