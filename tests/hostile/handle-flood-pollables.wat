;; Makes one timer after the other and never drops it.
;; expect: over-quota — more handles than an instance may hold at once.
(component
  ;;@types
  ;;@memory
  ;;@clock
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (loop $more (drop (call $subscribe (i64.const -1))) (br $more))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "subscribe" (func $subscribe))))))
  ;;@lifecycle
)
