/*
 * Makes the inventory of volumes what the component exports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "inventory.h"

TOURBILLON_EXPORT(volume_inventory)
