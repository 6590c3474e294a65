/*
 * Makes the inventory of servers what the component exports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "inventory.h"

TOURBILLON_EXPORT(server_inventory)
