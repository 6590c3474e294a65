;; Fills its table again and again.
;; expect: timed-out — whatever the engine asks for it in fuel, the clock ends it.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (table $t 1 funcref)
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (drop (table.grow $t (ref.null func) (i32.const 9000)))
      (loop $again
        (table.fill $t (i32.const 0) (ref.null func) (i32.const 9000))
        (br $again))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
