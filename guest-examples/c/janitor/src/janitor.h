/*
 * The janitor, for the component and for its tests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JANITOR_H
#define JANITOR_H

#include <tourbillon.h>

extern const tb_manager janitor;

#endif
