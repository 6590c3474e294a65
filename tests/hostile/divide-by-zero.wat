;; Divides by zero.
;; expect: trap — as every trap.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (i32.div_u (i32.const 1) (i32.load (i32.const 16))))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
