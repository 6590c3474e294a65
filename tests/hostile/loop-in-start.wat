;; Spins for ever in a start function, before anything was asked of it.
;; expect: refused — the guards are armed before instantiation.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func $spin (loop $again (br $again)))
    (start $spin)
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
