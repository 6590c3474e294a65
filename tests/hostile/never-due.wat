;; Declares a task that skips four billion ticks first.
;; expect: ok — the counter holds the largest N; nothing overflows.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (data (i32.const 40) "\40\00\00\00\02\00\00\00")
    (data (i32.const 64)
      "\00\04\00\00\04\00\00\00\00\00\00\00\00\00\00\00\10\00\00\00\00\00\00\00"
      "\04\04\00\00\05\00\00\00\ff\ff\ff\ff\00\00\00\00\10\00\00\00\00\00\00\00")
    (data (i32.const 1024) "worknever")
    (func (export "periodic-tasks") (result i32) (i32.const 40))
    ;;@init-host
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  ;;@lifecycle
)
