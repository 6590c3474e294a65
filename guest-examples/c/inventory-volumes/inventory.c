/*
 * The manager that this one inherits from: every .c file of this directory is compiled.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../inventory/src/inventory.c"
