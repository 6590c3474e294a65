;; Grows its memory until it is refused, then traps.
;; expect: out-of-memory — a trap after a denied growth.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
