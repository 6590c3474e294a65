;; Returns an error of three mebibytes from `init-host`.
;; expect: not-ready — the text is cut, and read by nobody at its full length.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "init-host") (param i32 i32) (result i32)
      (drop (memory.grow (i32.const 48)))
      (memory.fill (i32.const 65536) (i32.const 0x21) (i32.const 3000000))
      (i32.store8 (i32.const 256) (i32.const 1))
      (i32.store (i32.const 260) (i32.const 65536))
      (i32.store (i32.const 264) (i32.const 3000000))
      (i32.const 256))
    ;;@periodic-tasks
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
