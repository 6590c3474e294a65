/*
 * A manager that others inherit from: it counts things of some kind, and knows not which.
 *
 * In Python this would be a base class. In C it is a struct that stands first in the structs of its
 * children, and what they fill in is a struct of constants and functions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include <tourbillon.h>

/* What is being counted. */
struct kind {
  /* Its name, in the plural. */
  const char *plural;
  /* How many there are at this tick. A real one would ask an API. */
  uint64_t (*observe)(uint64_t tick);
};

/* Children set the kind in their `.construct`. */
struct inventory {
  const struct kind *kind;
};

/* The parent of the two below; no component exports it. */
extern const tb_manager inventory;

/* An inventory that adds a task, and one that replaces a task. */
extern const tb_manager server_inventory;
extern const tb_manager volume_inventory;

#endif
