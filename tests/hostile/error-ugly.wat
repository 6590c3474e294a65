;; Returns an error full of control characters, escapes of a terminal and a bidi override.
;; expect: failed — its text is shown on one harmless line.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 512) "\1b[2J\1b]0;owned\07\0d\0a\00\08\e2\80\aeevil")
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (i32.store8 (i32.const 256) (i32.const 1))
      (i32.store (i32.const 260) (i32.const 512))
      (i32.store (i32.const 264) (i32.const 27))
      (i32.const 256))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
