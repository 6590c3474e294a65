;; Calls itself without end.
;; expect: trap — the stack of a guest has a limit of its own.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func $deeper (call $deeper) (call $deeper))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $deeper)
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
