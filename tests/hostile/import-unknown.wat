;; Imports an interface that nobody knows.
;; expect: refused — the message names it.
(component
  ;;@types
  (import "acme:vault/secrets@1.0.0" (instance (export "all" (func (result string)))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
