/*
 * The component of the inventory of servers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../inventory/src/servers.c"

TOURBILLON_EXPORT(server_inventory)
