;; Has a shared memory.
;; expect: refused — proposals that no guest of ours needs are left off.
(component
  ;;@types
  (core module (memory 1 1 shared))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
