;; Asks for 16 EiB of zeroes on standard output.
;; expect: trap — no host makes what a stream said that it does not take.
(component
  ;;@types
  ;;@memory
  ;;@streams
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "write-zeroes" (func $write-zeroes (param i32 i64 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $write-zeroes (call $get-stdout) (i64.const -1) (i32.const 256))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "get-stdout" (func $get-stdout))
      (export "write-zeroes" (func $write-zeroes))))))
  ;;@lifecycle
)
