;; Imports the clock, which its operator denied.
;; expect: refused — the message names the line that would grant it.
(component
  ;;@types
  (import "wasi:clocks/monotonic-clock@0.2.12" (instance (export "now" (func (result u64)))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
