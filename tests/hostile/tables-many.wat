;; Has seventeen tables.
;; expect: refused — more tables than an instance may have.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))

    ;;@calm
  )
  (core module $one-module (table 1 funcref))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
  (core instance (instantiate $one-module))
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
