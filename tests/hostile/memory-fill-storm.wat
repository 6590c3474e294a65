;; Fills its memory again and again.
;; expect: out-of-fuel — each byte costs fuel.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (loop $again
        (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))
        (br $again))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
