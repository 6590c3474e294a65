;; Polls two timers, both 584 years away.
;; expect: timed-out — as with one.
(component
  ;;@types
  ;;@memory
  ;;@clock
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "poll-all" (func $poll-all (param i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (i32.store (i32.const 256) (call $subscribe (i64.const -1)))
      (i32.store (i32.const 260) (call $subscribe (i64.const -1)))
      (call $poll-all (i32.const 256) (i32.const 2) (i32.const 512))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "subscribe" (func $subscribe))
      (export "poll-all" (func $poll-all))))))
  ;;@lifecycle
)
