;; Logs at a level that there is not, a context that is nowhere.
;; expect: trap — the engine checks every argument of a host call.
(component
  ;;@types
  ;;@memory
  ;;@logging
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "log" (func $log (param i32 i32 i32 i32 i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $log (i32.const 77) (i32.const -8) (i32.const 64) (i32.const 16) (i32.const 0))
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
