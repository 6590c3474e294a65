;; Polls a list that names the same timer ten thousand times.
;; expect: over-quota — each time that a handle is lent counts as a handle, for as long as the call
;; lasts.
(component
  ;;@types
  ;;@memory
  ;;@clock
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "poll-all" (func $poll-all (param i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $n i32) (local $timer i32)
      (local.set $timer (call $subscribe (i64.const -1)))
      (loop $more
        (i32.store offset=4096 (i32.mul (local.get $n) (i32.const 4)) (local.get $timer))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $n) (i32.const 10000))))
      (call $poll-all (i32.const 4096) (i32.const 10000) (i32.const 256))
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
