;; Imports outgoing HTTP.
;; expect: refused — nothing serves it.
(component
  ;;@types
  (import "wasi:http/outgoing-handler@0.2.12" (instance))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
