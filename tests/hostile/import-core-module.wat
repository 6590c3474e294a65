;; Imports a core module.
;; expect: refused — the host links no code into a guest.
(component
  ;;@types
  (import "library" (core module (export "f" (func))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
