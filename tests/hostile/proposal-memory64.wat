;; Has a memory of 64 bits.
;; expect: refused — proposals that no guest of ours needs are left off.
(component
  ;;@types
  (core module (memory i64 1))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
