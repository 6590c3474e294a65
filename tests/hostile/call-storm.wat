;; Asks for the time without end.
;; expect: over-quota — more host calls than granted.
(component
  ;;@types
  ;;@memory
  ;;@clock
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "now" (func $now (result i64)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (loop $more (drop (call $now)) (br $more))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "now" (func $now))))))
  ;;@lifecycle
)
