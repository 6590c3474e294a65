;; Declares one task more than a component may.
;; expect: refused — more tasks than a component may declare.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 32) "work")
    (func (export "periodic-tasks") (result i32)
      (drop (memory.grow (i32.const 2)))
      (i32.store (i32.const 40) (i32.const 65536))
      (i32.store (i32.const 44) (i32.const 1001))
      (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
