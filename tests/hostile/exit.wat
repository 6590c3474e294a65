;; Calls `exit` with success.
;; expect: trap — an instance that has exited can not be entered again.
(component
  ;;@types
  ;;@memory
  ;;@exit
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "leave" (func $leave (param i32)))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (call $leave (i32.const 0))
      (i32.const 16))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "leave" (func $leave))))))
  ;;@lifecycle
)
