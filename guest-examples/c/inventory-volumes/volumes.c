/*
 * The component of the inventory of volumes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../inventory/src/volumes.c"

TOURBILLON_EXPORT(volume_inventory)
