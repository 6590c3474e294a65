;; Traps on its first instruction, and would say so if it were ever entered again.
;; expect: trap — the instance is dropped and never re-entered (S15): else the second run would be
;; `failed`.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (global $entered (mut i32) (i32.const 0))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (if (global.get $entered) (then
        (i32.store8 (i32.const 256) (i32.const 1))
        (return (i32.const 256))))
      (global.set $entered (i32.const 1))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
