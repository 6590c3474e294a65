;; Writes to its store, then traps.
;; expect: trap — nothing of a killed run is kept (S17). Were it kept, the next run would see it and
;; say `failed`.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "get" (func $get (param i32 i32 i32 i32)))
    (import "host" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (call $get (i32.load (i32.const 260)) (i32.const 32) (i32.const 4) (i32.const 512))
      ;; `some`: what the killed run before this one wrote.
      (if (i32.load8_u (i32.const 516)) (then
        (i32.store8 (i32.const 1024) (i32.const 1))
        (return (i32.const 1024))))
      (call $set (i32.load (i32.const 260)) (i32.const 32) (i32.const 4) (i32.const 32) (i32.const 4) (i32.const 512))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))
      (export "get" (func $get))
      (export "set" (func $set))))))
  ;;@lifecycle
)
