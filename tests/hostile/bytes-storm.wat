;; Hands over 60,000 bytes with each of many calls.
;; expect: over-quota — more bytes in all calls of a run than granted.
(component
  ;;@types
  ;;@memory
  ;;@logging
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (drop (memory.grow (i32.const 16)))
      (loop $more
        (call $log (i32.const 0) (i32.const 16) (i32.const 0) (i32.const 4096) (i32.const 60000))
        (br $more))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "log" (func $log))))))
  ;;@lifecycle
)
