;; Uses a handle that it was never given.
;; expect: trap — handles are indices into a table of its own.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $set (i32.const 12345) (i32.const 32) (i32.const 4) (i32.const 32) (i32.const 4) (i32.const 256))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "set" (func $set))))))
  ;;@lifecycle
)
