;; Returns a list of tasks whose length in bytes wraps around the address space.
;; expect: refused — length and size are multiplied without wrapping.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\ab\aa\aa\0a")
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
