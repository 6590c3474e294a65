;; Calls a function through a table under a type that it does not have.
;; expect: trap — the engine checks the type of each indirect call.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (table 1 1 funcref)
    (func $f)
    (elem (i32.const 0) $f)
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (drop (call_indirect (param i64) (result i32) (i64.const 1) (i32.const 0)))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
