;; Drops a handle twice.
;; expect: trap — a dropped handle is no handle.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "drop-bucket" (func $drop-bucket (param i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (call $drop-bucket (i32.load (i32.const 260)))
      (call $drop-bucket (i32.load (i32.const 260)))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))
      (export "drop-bucket" (func $drop-bucket))))))
  ;;@lifecycle
)
