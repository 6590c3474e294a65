/*
 * The manager that the conformance manager inherits from: one task that stays as it is, one that is
 * replaced, one that runs at once, one whose function is replaced.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base.h"

TOURBILLON_TASK(inherited, .summary = "Inherited as it is") {
  tb_info("inherited");
  return tb_ok();
}

TOURBILLON_TASK(overridden, .ticks_between_runs = 1, .summary = "Of the base") {
  tb_info("base");
  return tb_ok();
}

TOURBILLON_TASK(immediate, .ticks_between_runs = 3, .run_immediately = true,
                .summary = "Runs on the first tick") {
  tb_info("immediate");
  return tb_ok();
}

TOURBILLON_TASK(kept, .ticks_between_runs = 1, .run_immediately = true, .summary = "Of the base") {
  tb_info("kept");
  return tb_ok();
}

const tb_manager base = {
    .tasks = TOURBILLON_TASKS(inherited, overridden, immediate, kept),
};
