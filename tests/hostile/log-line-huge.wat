;; Logs one line of two mebibytes.
;; expect: over-quota — more bytes in one host call than it may hand over.
(component
  ;;@types
  ;;@memory
  ;;@logging
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (drop (memory.grow (i32.const 40)))
      (call $log (i32.const 2) (i32.const 16) (i32.const 0) (i32.const 4096) (i32.const 2000000))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "log" (func $log))))))
  ;;@lifecycle
)
