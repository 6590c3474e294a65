;; Opens the bucket of its neighbour, by every name that it can think of.
;; expect: ok — any bucket but its own is `no-such-store`. Were one to open, the guest would trap.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (data (i32.const 512) "neighbour/default../neighbour/default")
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $open (i32.const 512) (i32.const 9) (i32.const 256))
      (if (i32.eqz (i32.load8_u (i32.const 256))) (then (unreachable)))
      (call $open (i32.const 512) (i32.const 17) (i32.const 256))
      (if (i32.eqz (i32.load8_u (i32.const 256))) (then (unreachable)))
      (call $open (i32.const 529) (i32.const 20) (i32.const 256))
      (if (i32.eqz (i32.load8_u (i32.const 256))) (then (unreachable)))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))))))
  ;;@lifecycle
)
