;; Imports a bare function.
;; expect: refused — the world has none; the message names it.
(component
  ;;@types
  (import "root-access" (func (result bool)))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
