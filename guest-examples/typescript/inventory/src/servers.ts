// An inventory of servers: the inherited tasks, then one of its own.
//
// The order on a tick is `collect`, `report`, `alarm`.

import { Bucket, config, log, periodicTask, skip, TaskError, type Skip } from "@tourbillon/sdk";

import { Inventory } from "./base.ts";

/** Servers come and go. */
export default class ServerInventory extends Inventory {
  protected readonly plural = "servers";

  protected observe(tick: number): number {
    return 20 + (tick % 7);
  }

  @periodicTask({ summary: "Warns when there are many, and then rests for a while." })
  alarm(): Skip | undefined {
    const limit = config.uint("limit") ?? 25;
    const count = Number.parseInt(Bucket.own().getText("count") ?? "", 10);
    if (Number.isNaN(count)) throw new TaskError("nothing was counted yet");
    if (count < limit) return undefined;
    log.warn(`${count} servers, ${limit} are many`);
    return skip(5);
  }
}
