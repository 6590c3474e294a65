// Makes the inventory of volumes what the component exports.
//
// SPDX-License-Identifier: Apache-2.0
#include "volumes.hpp"

TOURBILLON_EXPORT(VolumeInventory)
