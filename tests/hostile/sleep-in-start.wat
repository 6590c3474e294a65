;; Waits for ever in a start function.
;; expect: refused — the timer stands around instantiation too.
(component
  ;;@types
  ;;@memory
  ;;@clock
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "block" (func $block (param i32)))
    (func $wait (call $block (call $subscribe (i64.const -1))))
    (start $wait)
    ;;@calm
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "subscribe" (func $subscribe))
      (export "block" (func $block))))))
  ;;@lifecycle
)
