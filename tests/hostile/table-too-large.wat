;; Starts with a table of ten million elements.
;; expect: refused — an initial table over the limit is refused at load.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (table 10000000 funcref)
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
