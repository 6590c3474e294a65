;; Returns a pointer that is not aligned.
;; expect: trap — the engine checks it.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (i32.const 17))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
