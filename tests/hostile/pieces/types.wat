;; The shapes of the contract, by their type-only import.
(import "tourbillon:manager/types@0.1.0" (instance $types
  (type $task-shape (record
    (field "name" string) (field "ticks-between-runs" u32)
    (field "run-immediately" bool) (field "summary" string)))
  (export "task" (type (eq $task-shape)))
  (type $run-shape (record
    (field "id" string) (field "task" string) (field "tick" u64) (field "scheduled-at-ms" u64)))
  (export "run" (type (eq $run-shape)))
  (type $error-shape (record (field "message" string) (field "ticks-to-skip" (option u32))))
  (export "task-error" (type (eq $error-shape)))))
(alias export $types "task" (type $task))
(alias export $types "run" (type $run))
(alias export $types "task-error" (type $task-error))
