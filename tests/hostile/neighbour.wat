;; The well-behaved manager that stands beside each hostile one: it writes to its own store in each
;; run.
;; expect: ok — whatever its neighbours do.
(component
  ;;@types
  ;;@memory-reused
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (import "host" "drop-bucket" (func $drop-bucket (param i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $bucket i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (local.set $bucket (i32.load (i32.const 260)))
      (call $set (local.get $bucket) (i32.const 32) (i32.const 4) (i32.const 32) (i32.const 4) (i32.const 512))
      (call $drop-bucket (local.get $bucket))
      ;; An error of the store would be a trap here.
      (if (i32.load8_u (i32.const 512)) (then (unreachable)))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))
      (export "set" (func $set))
      (export "drop-bucket" (func $drop-bucket))))))
  ;;@lifecycle
)
