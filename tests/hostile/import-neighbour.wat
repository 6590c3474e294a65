;; Imports the lifecycle of another manager.
;; expect: refused — a manager is no service of another one.
(component
  ;;@types
  (import "tourbillon:manager/lifecycle@0.1.0" (instance (export "service-version" (func (result string)))))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
