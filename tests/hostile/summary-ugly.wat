;; Returns a summary with line ends, escapes of a terminal and a bidi override.
;; expect: ok — it is shown on one harmless line.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\01\00\00\00")
    (data (i32.const 64)
      "\00\04\00\00\04\00\00\00\00\00\00\00\00\00\00\00\04\04\00\00\14\00\00\00")
    (data (i32.const 1024) "work\1b[31m\0d\0asafe\e2\80\aeefas\07")
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
