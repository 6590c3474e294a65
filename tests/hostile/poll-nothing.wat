;; Polls an empty list.
;; expect: trap — the interface says that this traps.
(component
  ;;@types
  ;;@memory
  ;;@poll
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "poll-all" (func $poll-all (param i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $poll-all (i32.const 256) (i32.const 0) (i32.const 512))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "poll-all" (func $poll-all))))))
  ;;@lifecycle
)
