;; Returns an error whose text is not UTF-8.
;; expect: trap — the component model knows no such string.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 512) "a\ff\feb")
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (i32.store8 (i32.const 256) (i32.const 1))
      (i32.store (i32.const 260) (i32.const 512))
      (i32.store (i32.const 264) (i32.const 4))
      (i32.const 256))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
