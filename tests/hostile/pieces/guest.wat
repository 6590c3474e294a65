;; The core instance of a guest that imports nothing but its memory.
(core instance $guest (instantiate $guest-module (with "mem" (instance $mem))))
