;; Imports logging, with other types than those of the interface.
;; expect: refused — types match exactly.
(component
  ;;@types
  (import "wasi:logging/logging@0.1.0-draft" (instance
    (export "log" (func (param "message" (list u8)) (result u64)))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
