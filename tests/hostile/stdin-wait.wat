;; Reads from standard input, blocking, as much as there is.
;; expect: ok — input is at its end: it learns so at once.
(component
  ;;@types
  ;;@memory
  ;;@streams
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "get-stdin" (func $get-stdin (result i32)))
    (import "host" "blocking-read" (func $blocking-read (param i32 i64 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $blocking-read (call $get-stdin) (i64.const -1) (i32.const 256))
      ;; `err(closed)`, or it fails.
      (if (i32.ne (i32.load8_u (i32.const 256)) (i32.const 1)) (then (unreachable)))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "get-stdin" (func $get-stdin))
      (export "blocking-read" (func $blocking-read))))))
  ;;@lifecycle
)
