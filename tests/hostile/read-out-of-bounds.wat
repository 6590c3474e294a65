;; Reads behind the end of its memory.
;; expect: trap — no byte of anybody else is there to be read.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (i64.load offset=0xffffffff (i32.const -1))
      drop
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
