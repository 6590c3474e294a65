(instance $lifecycle
  (export "task" (type $task)) (export "run" (type $run)) (export "task-error" (type $task-error))
  (export "init-host" (func $init-host))
  (export "periodic-tasks" (func $periodic-tasks))
  (export "run-periodic-task" (func $run-periodic-task))
  (export "service-version" (func $service-version))
  (export "service-config" (func $service-config)))
(export "tourbillon:manager/lifecycle@0.1.0" (instance $lifecycle))
