;; Returns a summary of 5,000 bytes.
;; expect: refused — more text than a component may return at load.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\01\00\00\00")
    (data (i32.const 64) "\00\04\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\08\00\00\88\13\00\00")
    (data (i32.const 1024) "work")
    (func (export "periodic-tasks") (result i32)
      (memory.fill (i32.const 2048) (i32.const 0x61) (i32.const 5000))
      (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
