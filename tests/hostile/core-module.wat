;; A core module, not a component.
;; expect: refused — the message says how to wrap it.
(module (func (export "run")))
