;; Writes a large value; then names its key forty thousand times in one call of `get-many`, again
;; and again.
;; expect: ok, then timed-out — one host call must not take longer than a run may, whatever it is
;; handed: an epoch does not interrupt it.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  ;;@keyvalue-batch
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (import "host" "drop-bucket" (func $drop-bucket (param i32)))
    (import "host" "get-many" (func $get-many (param i32 i32 i32 i32)))
    (global $written (mut i32) (i32.const 0))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $n i32) (local $bucket i32)
      (drop (memory.grow (i32.const 30)))
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (local.set $bucket (i32.load (i32.const 260)))
      (if (i32.eqz (global.get $written)) (then
        ;; The first run writes the value, for what follows needs a committed one.
        (call $set (local.get $bucket) (i32.const 32) (i32.const 1) (i32.const 4096) (i32.const 900000) (i32.const 512))
        (global.set $written (i32.const 1))
        (call $drop-bucket (local.get $bucket))
        (return (i32.const 16))))
      (loop $more
        (i32.store offset=131072 (i32.mul (local.get $n) (i32.const 8)) (i32.const 32))
        (i32.store offset=131076 (i32.mul (local.get $n) (i32.const 8)) (i32.const 1))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $n) (i32.const 40000))))
      (loop $again
        (call $get-many (local.get $bucket) (i32.const 131072) (i32.const 40000) (i32.const 512))
        (br $again))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))
      (export "set" (func $set))
      (export "drop-bucket" (func $drop-bucket))
      (export "get-many" (func $get-many))))))
  ;;@lifecycle
)
