;; Traps in a start function.
;; expect: refused — it can not be instantiated.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func $die unreachable)
    (start $die)
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
