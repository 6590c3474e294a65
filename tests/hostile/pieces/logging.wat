(import "wasi:logging/logging@0.1.0-draft" (instance $logging
  (type $level-shape (enum "trace" "debug" "info" "warn" "error" "critical"))
  (export "level" (type $level (eq $level-shape)))
  (export "log" (func (param "level" $level) (param "context" string) (param "message" string)))))
(core func $log (canon lower (func $logging "log") (memory $memory)))
