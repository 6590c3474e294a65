#!/bin/sh
# What the compiler must refuse, and with which words: each case is a list of tasks that is wrong.
# Usage: CXX=g++ sdk/cpp/tests/refused.sh
#
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
failures=0

# refused TASKS WORDS: a child of a manager with the task `a`, whose list ends in TASKS.
refused() {
  got=$(printf '%s\n' '#include <tourbillon.hpp>' 'namespace tb = tourbillon;' \
    'struct P : tb::Manager { void a() {}' \
    '  static consteval auto tasks() { return tb::task_list(tb::periodic_task<&P::a>()); } };' \
    'struct M : P { void a() {} void b() {} int c() { return 0; } void d(int) {} void Big() {}' \
    "  static consteval auto tasks() { return tb::task_list(P::tasks(), $1); } };" \
    'TOURBILLON_EXPORT(M)' |
    ${CXX:-c++} -std=c++23 -Iinclude -I../c/include -I../tourbillon-c/include -fsyntax-only -x c++ - 2>&1) && got=accepted
  if printf '%s' "$got" | grep -q -- "$2"; then
    echo "ok: $2"
  else
    printf 'not refused with "%s":\n%s\n' "$2" "$got"
    failures=1
  fi
}

refused 'tb::periodic_task<&M::Big>()' a_task_name_has_1_to_64
refused 'tb::periodic_task<&M::b>({.name = "no spaces"})' a_task_name_has_1_to_64
refused 'tb::periodic_task<&M::b>(), tb::periodic_task<&M::b>()' declares_two_tasks_of_this_name
refused 'tb::periodic_task<&M::a>()' add_overrides_to_replace_it
refused 'tb::periodic_task<&M::b>({.overrides = true})' remove_overrides
refused 'tb::periodic_task<&M::b>({.as_inherited = true})' as_inherited_belongs_to_a_task
refused 'tb::periodic_task<&M::a>({.run_immediately = true, .overrides = true, .as_inherited = true})' \
  as_inherited_takes_the_schedule
refused 'tb::periodic_task<&M::c>()' 'a task returns nothing, Skip'
refused 'tb::periodic_task<&M::d>()' 'a task takes nothing, or const Run&'
exit $failures
