;; Lifts a function as `async`.
;; expect: refused — proposals that no guest of ours needs are left off.
(component
  ;;@types
  (core module $async
    (func (export "f") (result i32) (i32.const 0))
    (func (export "c") (param i32 i32 i32) (result i32) (i32.const 0)))
  (core instance $async (instantiate $async))
  (func (export "later") async
    (canon lift (core func $async "f") async (callback (core func $async "c"))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
