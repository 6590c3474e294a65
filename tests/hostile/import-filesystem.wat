;; Imports the file system.
;; expect: refused — it was not granted; the message names the import and what would grant it.
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
