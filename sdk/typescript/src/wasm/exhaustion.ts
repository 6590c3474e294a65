// Whether a `null` that was thrown is the engine's word for no memory left. No imports of a component here.

import type { HostContext } from "../host.ts";

/** Beyond this much fuel nothing is tried: the memory that the trial takes stays with the instance. */
const MOST_FUEL = 4_000_000;

/**
 * Whether the engine may have thrown the `null` that ended this run, for it does so where it gets no memory
 * even for an error. `false` is certain, `true` is not.
 *
 * What the run held is free again by now, so memory in use tells nothing. But to fill memory takes a unit of
 * fuel for each byte, or more: a run that used little filled little, and where twice as many bytes as its
 * units of fuel are still to be had, memory was not full.
 */
export function mayLackMemory(
  context: Pick<HostContext, "fuelGranted" | "fuelLeft">,
  allocate: (bytes: number) => unknown = (bytes) => new Uint8Array(bytes),
): boolean {
  const used = context.fuelGranted() - context.fuelLeft();
  // Outside of a run both are 0.
  if (used <= 0 || used > MOST_FUEL) return true;
  try {
    allocate(2 * used);
    return false;
  } catch {
    return true;
  }
}
