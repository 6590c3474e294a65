(import "wasi:cli/exit@0.2.12" (instance $exit
  (export "exit" (func (param "status" (result))))))
(core func $leave (canon lower (func $exit "exit")))
