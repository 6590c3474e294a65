;; Spins for ever in `post-return`, after it has returned.
;; expect: out-of-fuel — the call has not ended before `post-return` has.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "run-periodic-task") (param i32 i32 i32 i32 i64 i64) (result i32) (i32.const 16))
    (func (export "after") (param i32) (loop $again (br $again)))
    ;;@init-host
    ;;@periodic-tasks
    ;;@service
  )
  ;;@guest
  (func $init-host (param "host" string) (result (result (error string)))
    (canon lift (core func $guest "init-host") (memory $memory) (realloc $realloc)))
  (func $periodic-tasks (result (list $task))
    (canon lift (core func $guest "periodic-tasks") (memory $memory) (realloc $realloc)))
  (func $run-periodic-task (param "run" $run) (result (result (option u32) (error $task-error)))
    (canon lift (core func $guest "run-periodic-task") (memory $memory) (realloc $realloc)
      (post-return (core func $guest "after"))))
  (func $service-version (result string)
    (canon lift (core func $guest "service-version") (memory $memory) (realloc $realloc)))
  (func $service-config (result (list (tuple string string)))
    (canon lift (core func $guest "service-config") (memory $memory) (realloc $realloc)))
  ;;@exported
)
