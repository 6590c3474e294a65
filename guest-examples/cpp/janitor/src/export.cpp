// Makes the janitor what the component exports.
//
// SPDX-License-Identifier: Apache-2.0
#include "janitor.hpp"

TOURBILLON_EXPORT(Janitor)
