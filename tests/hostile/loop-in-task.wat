;; Spins for ever inside a task.
;; expect: out-of-fuel — fuel ends what computes; it yields on each beat meanwhile. With all the
;; fuel in the world it is `timed-out`.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32)
      (loop $again (br $again))
      unreachable)
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
