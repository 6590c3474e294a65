;; Imports sockets.
;; expect: refused — nothing serves them, and nothing will.
(component
  ;;@types
  (import "wasi:sockets/instance-network@0.2.12" (instance))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
