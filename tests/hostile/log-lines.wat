;; Logs nine hundred lines.
;; expect: ok — lines over the allowance are dropped and counted, never killed.
(component
  ;;@types
  ;;@memory
  ;;@logging
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $n i32)
      (loop $more
        (call $log (i32.const 2) (i32.const 16) (i32.const 0) (i32.const 32) (i32.const 4))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $n) (i32.const 900))))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "log" (func $log))))))
  ;;@lifecycle
)
