;; Imports random numbers of a version to come.
;; expect: refused — package versions match exactly: no guest gets an older host than it was built
;; for.
(component
  ;;@types
  (import "wasi:random/random@0.2.99" (instance (export "get-random-u64" (func (result u64)))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
