;; What every manager exports, lifted from the core instance `$guest`.
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
;;@exported
