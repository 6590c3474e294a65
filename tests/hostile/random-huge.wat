;; Asks for 16 EiB of random bytes.
;; expect: over-quota — more bytes asked for in one call than may be handed over.
(component
  ;;@types
  ;;@memory
  ;;@random
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "random-bytes" (func $random-bytes (param i64 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $random-bytes (i64.const -1) (i32.const 256))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "random-bytes" (func $random-bytes))))))
  ;;@lifecycle
)
