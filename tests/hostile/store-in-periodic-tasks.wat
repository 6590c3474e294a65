;; Opens its store when asked for its tasks.
;; expect: ok — the store is refused then (S18). Were it not, the guest would trap, and the load be
;; refused.
(component
  ;;@types
  ;;@memory
  ;;@keyvalue
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (data (i32.const 32) "work")
    (data (i32.const 40) "\40\00\00\00\01\00\00\00")
    (data (i32.const 64) "\20\00\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
    (func (export "periodic-tasks") (result i32)
      (call $open (i32.const 16) (i32.const 0) (i32.const 256))
      (if (i32.eqz (i32.load8_u (i32.const 256))) (then (unreachable)))
      (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "open" (func $open))))))
  ;;@lifecycle
)
