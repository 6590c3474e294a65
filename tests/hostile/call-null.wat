;; Calls through an empty slot of a table.
;; expect: trap — as every trap.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (table 4 4 funcref)
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call_indirect (i32.const 3))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
