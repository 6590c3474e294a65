;; Writes a value larger than any may be.
;; expect: ok — the quota is an error of the host call. Were it not to come, the guest would trap.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (import "host" "drop-bucket" (func $drop-bucket (param i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (call $set (i32.load (i32.const 260)) (i32.const 32) (i32.const 4) (i32.const 4096) (i32.const 60000) (i32.const 512))
      (call $drop-bucket (i32.load (i32.const 260)))
      (if (i32.eqz (i32.load8_u (i32.const 512))) (then (unreachable)))
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
