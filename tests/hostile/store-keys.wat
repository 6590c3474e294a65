;; Writes one key after the other until the store says no.
;; expect: ok — the quota is an error of the host call. Were it never to come, the guest would trap.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (import "host" "drop-bucket" (func $drop-bucket (param i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (local $n i32) (local $bucket i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (local.set $bucket (i32.load (i32.const 260)))
      (block $told
        (loop $more
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $told (i32.gt_u (local.get $n) (i32.const 500)))
          (i32.store (i32.const 512)
            (i32.add (i32.const 0x30303030) (i32.add (i32.and (local.get $n) (i32.const 31))
              (i32.shl (i32.and (i32.shr_u (local.get $n) (i32.const 5)) (i32.const 31)) (i32.const 8)))))
          (call $set (local.get $bucket) (i32.const 512) (i32.const 4) (i32.const 32) (i32.const 4) (i32.const 256))
          (br_if $more (i32.eqz (i32.load8_u (i32.const 256)))))
        (call $drop-bucket (local.get $bucket))
        (return (i32.const 16)))
      unreachable)
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
