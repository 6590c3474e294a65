;; Returns a list of tasks that lies behind the end of its memory.
;; expect: refused — the engine checks both ends of a list.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\f0\ff\ff\ff\02\00\00\00")
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
