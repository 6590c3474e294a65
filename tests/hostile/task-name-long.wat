;; Gives a task a name of four kibibytes.
;; expect: refused — names have at most 64 bytes; the message does not show all of it.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\01\00\00\00")
    (data (i32.const 64) "\00\04\00\00\00\10\00\00\00\00\00\00\00\00\00\00\10\00\00\00\00\00\00\00")
    (func (export "periodic-tasks") (result i32)
      (memory.fill (i32.const 1024) (i32.const 0x61) (i32.const 4096))
      (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
