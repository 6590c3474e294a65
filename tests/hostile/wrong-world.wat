;; A component that exports nothing.
;; expect: refused — the message names the interface that it lacks.
(component)
