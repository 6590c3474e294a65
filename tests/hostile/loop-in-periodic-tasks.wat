;; Spins for ever when asked for its tasks.
;; expect: refused — without tasks there is no manager.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "periodic-tasks") (result i32) (loop $again (br $again)) unreachable)
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
