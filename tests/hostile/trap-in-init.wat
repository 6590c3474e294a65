;; Traps in `init-host`.
;; expect: not-ready — no instance of it comes through `init-host` (S16a).
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "init-host") (param i32 i32) (result i32) unreachable)
    ;;@periodic-tasks
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
