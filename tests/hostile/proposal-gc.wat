;; Has a type of the garbage collector.
;; expect: refused — proposals that no guest of ours needs are left off.
(component
  ;;@types
  (core module (type (struct (field i32))) (func (result (ref null 0)) (ref.null 0)))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
