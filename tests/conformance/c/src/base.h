/*
 * The manager that the conformance manager inherits from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_H
#define BASE_H

#include <tourbillon.h>

extern const tb_manager base;

#endif
