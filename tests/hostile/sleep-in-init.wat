;; Waits for ever in `init-host`.
;; expect: not-ready — the timer stands around `init-host` too.
(component
  ;;@types
  ;;@memory
  ;;@clock
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "host" "block" (func $block (param i32)))
    (func (export "init-host") (param i32 i32) (result i32)
      (call $block (call $subscribe (i64.const -1)))
      (i32.const 16))
    ;;@periodic-tasks
    ;;@run-periodic-task
    ;;@service
  )
  (core instance $guest (instantiate $guest-module (with "mem" (instance $mem))
    (with "host" (instance
      (export "subscribe" (func $subscribe))
      (export "block" (func $block))))))
  ;;@lifecycle
)
