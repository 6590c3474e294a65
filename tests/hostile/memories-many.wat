;; Has nine memories beside its own.
;; expect: refused — more memories than an instance may have.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))

    ;;@calm
  )
  (core module $one-module (memory 1))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  ;;@guest
  ;;@lifecycle
)
