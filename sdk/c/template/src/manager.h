/*
 * The manager {{name}}, for the component and for its tests.
 */
#ifndef MANAGER_H
#define MANAGER_H

#include <tourbillon.h>

extern const tb_manager manager;

#endif
