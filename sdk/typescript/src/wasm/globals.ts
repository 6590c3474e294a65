// `Date`, `performance` and `Math.random` of a component.
//
// The clock and the random numbers of the runtime stand still, so that the same sources give the
// same component; these ask the host. While modules are loaded, which is when the component is
// built, they refuse: what they said would be frozen into it.

import * as rawClock from "wasi:clocks/wall-clock@0.2.12";
import * as rawSeed from "wasi:random/insecure-seed@0.2.12";

import { host } from "../host.ts";
import { dateOf, performanceOf, randomOf } from "./clock.ts";

/** Puts them in place. Called once, before any of the author's modules is loaded. */
export function installGlobals(): void {
  globalThis.Date = dateOf(globalThis.Date, () => Math.floor(nowMs()));
  // The engine's own stands at 0, and its method cannot be replaced.
  (globalThis as { performance?: unknown }).performance = performanceOf(nowMs);
  Math.random = randomOf(seed);
}

function nowMs(): number {
  host(); // throws while modules are loaded
  const { seconds, nanoseconds } = rawClock.now();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

function seed(): number {
  host();
  const [high, low] = rawSeed.insecureSeed();
  return (high % 0x1_0000_0000) ^ (low % 0x1_0000_0000);
}
