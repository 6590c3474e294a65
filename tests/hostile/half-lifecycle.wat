;; Exports a lifecycle without `service-config`.
;; expect: refused — types match exactly.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  (func $init-host (param "host" string) (result (result (error string)))
    (canon lift (core func $guest "init-host") (memory $memory) (realloc $realloc)))
  (func $periodic-tasks (result (list $task))
    (canon lift (core func $guest "periodic-tasks") (memory $memory) (realloc $realloc)))
  (func $run-periodic-task (param "run" $run) (result (result (option u32) (error $task-error)))
    (canon lift (core func $guest "run-periodic-task") (memory $memory) (realloc $realloc)))
  (func $service-version (result string)
    (canon lift (core func $guest "service-version") (memory $memory) (realloc $realloc)))
  (func $service-config (result (list (tuple string string)))
    (canon lift (core func $guest "service-config") (memory $memory) (realloc $realloc)))
  (instance $lifecycle
    (export "task" (type $task)) (export "run" (type $run)) (export "task-error" (type $task-error))
    (export "init-host" (func $init-host))
    (export "periodic-tasks" (func $periodic-tasks))
    (export "run-periodic-task" (func $run-periodic-task))
    (export "service-version" (func $service-version)))
  (export "tourbillon:manager/lifecycle@0.1.0" (instance $lifecycle))
)
