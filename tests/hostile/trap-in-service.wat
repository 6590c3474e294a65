;; Traps when asked for its version or its configuration.
;; expect: ok — a tick asks for neither.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "service-version") (result i32) unreachable)
    (func (export "service-config") (result i32) unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@run-periodic-task
  )
  ;;@guest
  ;;@lifecycle
)
