;; Gives a task a name with an escape sequence in it.
;; expect: refused — names are of `a-z 0-9 . _ -`; the message shows it harmlessly.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\01\00\00\00")
    (data (i32.const 64)
      "\00\04\00\00\08\00\00\00\00\00\00\00\00\00\00\00\10\00\00\00\00\00\00\00")
    (data (i32.const 1024) "\1b[2Jwork")
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
