;; Asks for random bytes for as long as it may.
;; expect: timed-out — each call is small enough; all together take longer than a run may.
(component
  ;;@types
  ;;@memory-reused
  ;;@random
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "random-bytes" (func $random-bytes (param i64 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (loop $more
        (call $random-bytes (i64.const 60000) (i32.const 256))
        (br $more))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "random-bytes" (func $random-bytes))))))
  ;;@lifecycle
)
