;; Starts with a memory of 64 MiB.
;; expect: refused — an initial memory over the limit is refused at load.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  (core module $big-module (memory 1024))
  (core instance (instantiate $big-module))
  ;;@guest
  ;;@lifecycle
)
