;; Exports a lifecycle whose `init-host` takes a number.
;; expect: refused — types match exactly.
(component
  ;;@types
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    (func (export "init-host") (param i32) (result i32) (i32.const 16))
    ;;@periodic-tasks
    ;;@run-periodic-task
    ;;@service
  )
  ;;@guest
  (func $init-host (param "host" u32) (result (result (error string)))
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
    (export "service-version" (func $service-version))
    (export "service-config" (func $service-config)))
  (export "tourbillon:manager/lifecycle@0.1.0" (instance $lifecycle))
)
