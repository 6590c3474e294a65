;; Imports the file system.
;; expect: refused — nothing serves it; the message names the import.
(component
  ;;@types
  (import "wasi:filesystem/preopens@0.2.12" (instance))
  ;;@memory
  (core module $guest-module
    (import "mem" "memory" (memory 1))
    ;;@calm
  )
  ;;@guest
  ;;@lifecycle
)
