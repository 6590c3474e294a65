;; Declares no task at all.
;; expect: ok — it is a manager with nothing to do: ticks come and go.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\00\00\00\00")
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
